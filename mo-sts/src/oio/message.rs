//! The messages of the eight operations every kind of object has, [`Message`] and [`Request`]. Messages that concern several
//! kinds at once are in `organisation_system` and `klassifikation_system`; the envelope around a message is in `soap`.

use std::fmt::Debug;
use std::io::{BufRead, Write};

use uuid::Uuid;

use super::declare::sequence;
use super::kind::{AttributListe, Kind, Objekt, Registrering, TilstandListe};
use super::state::LivscyklusKode;
use super::virkning::{Tidspunkt, UnikId, Virkning};
use crate::xml::{Content, Cursor, Element, Limits, Part, ReadError, Reader, Sequence, WriteError, Writer};

/// What stands in the body of a SOAP envelope: the input or output of an operation.
///
/// ```
/// use mo_sts::oio::{LaesInput, Message, Person};
///
/// let question = LaesInput::<Person> { uuid_identifikator: uuid::Uuid::from_u128(1), ..Default::default() };
/// let bytes = question.to_xml()?;
/// assert_eq!(LaesInput::<Person>::from_xml(&bytes)?, question);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Message: Content + Clone + Debug + Eq {
    /// The outermost element, alone in its table.
    const ROOT: &'static [Element];
    /// Whether elements are read in any order, see [`Kind::LENIENT`].
    const LENIENT: bool;

    /// Reads a document whose outermost element is the message.
    ///
    /// Elements that nobody knows are passed over; [`Reader::unknown`] tells which.
    ///
    /// # Errors
    /// When it is another message, or breaks the schema's order or types, or a limit.
    fn read_from<R: BufRead>(reader: &mut Reader<R>) -> Result<Self, ReadError> {
        if Self::LENIENT {
            reader.allow_any_order();
        }
        reader.root(Self::ROOT)?;
        let message = Self::read(reader)?;
        reader.finish()?;
        Ok(message)
    }

    /// Reads a document in memory under the default limits.
    ///
    /// # Errors
    /// As [`read_from`](Message::read_from).
    fn from_xml(document: &[u8]) -> Result<Self, ReadError> {
        Self::read_from(&mut Reader::new(document, Limits::default()))
    }

    /// Writes the message as the outermost element, or into the open element.
    ///
    /// # Errors
    /// When the schema would refuse a value, or the output fails.
    fn write_to<W: Write>(&self, writer: &mut Writer<W>) -> Result<(), WriteError> {
        for element in Self::ROOT {
            writer.start(element.name, &[super::namespace::SD])?;
            self.write(element, writer)?;
            writer.end()?;
        }
        Ok(())
    }

    /// The message as a document, with XML declaration.
    ///
    /// # Errors
    /// When the schema would refuse a value.
    fn to_xml(&self) -> Result<Vec<u8>, WriteError> {
        let mut document = Vec::new();
        let mut writer = Writer::new(&mut document);
        writer.declaration()?;
        self.write_to(&mut writer)?;
        Ok(document)
    }
}

/// A message that asks a service for something.
///
/// ```
/// use mo_sts::oio::{Bruger, LaesInput, Request};
///
/// assert_eq!(LaesInput::<Bruger>::action(), "http://kombit.dk/sts/organisation/bruger/laes");
/// ```
pub trait Request: Message {
    /// The answer.
    type Reply: Message;

    /// The SOAP action, as the service description has it.
    fn action() -> String;
}

sequence! {
    /// How a call went. Business errors come this way, in an ordinary answer.
    ///
    /// ```
    /// let answer = mo_sts::oio::StandardRetur { status_kode: 44, fejlbesked_tekst: None };
    /// assert!(!answer.is_ok());
    /// ```
    pub struct StandardRetur {
        status_kode: i64,
        fejlbesked_tekst: Option<String>,
    }
}

impl StandardRetur {
    /// Whether it went well: code 20. Codes in use: 40 refused, 41 not allowed, 44 not found or no hits, 45 registered
    /// later than the service's clock, 47 invalid period, 49 deleted, passivated or already there.
    pub fn is_ok(&self) -> bool {
        self.status_kode == 20
    }
}

sequence! {
    /// How it went for one of several objects.
    ///
    /// ```
    /// assert_eq!(mo_sts::oio::UnikRetur::default().status_kode, 0);
    /// ```
    pub struct UnikRetur {
        status_kode: i64,
        fejlbesked_tekst: Option<String>,
        /// `Type`: what kind of object.
        objekt_type: String = super::elements::element!(objekt_type),
        uuid_identifikator: Uuid,
    }
}

sequence! {
    /// A search criterion: when, how and by whom an object was registered.
    ///
    /// ```
    /// use mo_sts::oio::{SoegRegistrering, Tidspunkt};
    ///
    /// let changed_since = SoegRegistrering {
    ///     fra_tidspunkt: Some(Tidspunkt::Tid("2025-01-01T00:00:00Z".parse()?)),
    ///     ..Default::default()
    /// };
    /// # Ok::<(), mo_core::time::InstantError>(())
    /// ```
    #[doc(alias = "SøgRegistrering")]
    pub struct SoegRegistrering {
        fra_tidspunkt: Option<Tidspunkt>,
        til_tidspunkt: Option<Tidspunkt>,
        livscyklus_kode: Option<LivscyklusKode>,
        bruger_ref: Option<UnikId>,
    }
}

sequence! {
    /// An object as it was when asked for: the registrations that passed the filters.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, FiltreretOejebliksbillede};
    /// assert!(FiltreretOejebliksbillede::<Bruger>::default().registrering.is_empty());
    /// ```
    #[doc(alias = "FiltreretØjebliksbillede")]
    #[doc(alias = "snapshot")]
    pub struct FiltreretOejebliksbillede<K: Kind> {
        /// `ObjektType` (in version 7 `ObjektID`): which object.
        objekt: SagDokObjekt = Element::new(K::NAMESPACE, K::OBJEKT),
        /// `DataEjer`: who owns the data, in version 7.
        data_ejer: Option<K::DataEjer> = Element::new(K::NAMESPACE, "DataEjer"),
        /// `Registrering`: the registrations.
        registrering: Vec<Registrering<K>> = Element::new(K::NAMESPACE, "Registrering"),
    }
}

sequence! {
    /// Which object it is.
    ///
    /// ```
    /// assert!(mo_sts::oio::SagDokObjekt::default().uuid_identifikator.is_nil());
    /// ```
    pub struct SagDokObjekt {
        uuid_identifikator: Uuid,
    }
}

sequence! {
    /// The UUIDs a search found.
    ///
    /// ```
    /// assert!(mo_sts::oio::IdListe::default().uuid_identifikator.is_empty());
    /// ```
    pub struct IdListe {
        uuid_identifikator: Vec<Uuid>,
    }
}

sequence! {
    /// *opret*: create an object; the service chooses UUID and time.
    ///
    /// A list that is absent is read as empty, which means the same.
    ///
    /// ```
    /// use mo_sts::oio::{Adresse, Message, OpretInput};
    /// let bytes = OpretInput::<Adresse>::default().to_xml()?;
    /// # Ok::<(), mo_sts::xml::WriteError>(())
    /// ```
    #[doc(alias = "create")]
    pub struct OpretInput<K: Kind> {
        note_tekst: Option<String>,
        /// `AttributListe`: what it is called.
        attribut_liste: AttributListe<K> = Element::new(K::NAMESPACE, "AttributListe").may_be_absent(),
        /// `TilstandListe`: in which state it is.
        tilstand_liste: TilstandListe<K> = Element::new(K::NAMESPACE, "TilstandListe").may_be_absent(),
        /// `RelationListe`: what it points at.
        relation_liste: K::Relationer = Element::new(K::NAMESPACE, "RelationListe").may_be_absent(),
    }
}

sequence! {
    /// *importer*: bring in an object mastered elsewhere, with its UUID and registrations. An object the service already
    /// knows is refused with 49.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, ImportInput, Message, Objekt};
    ///
    /// // An object has at least one registration.
    /// assert!(ImportInput::<Bruger>::default().to_xml().is_err());
    /// ```
    #[doc(alias = "importer")]
    pub struct ImportInput<K: Kind> {
        /// The object.
        objekt: Objekt<K> = Element::new(K::NAMESPACE, K::NAME),
    }
}

sequence! {
    /// *ret*: change an object. A list that is given replaces the whole list, so it must hold everything that is to stay.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, RetInput};
    /// let change = RetInput::<Bruger> { uuid_identifikator: uuid::Uuid::from_u128(1), ..Default::default() };
    /// ```
    #[doc(alias = "change")]
    pub struct RetInput<K: Kind> {
        uuid_identifikator: Uuid,
        note_tekst: Option<String>,
        /// `AttributListe`: `None` leaves the attributes alone.
        attribut_liste: Option<AttributListe<K>> = Element::new(K::NAMESPACE, "AttributListe"),
        /// `TilstandListe`: `None` leaves the states alone.
        tilstand_liste: Option<TilstandListe<K>> = Element::new(K::NAMESPACE, "TilstandListe"),
        /// `RelationListe`: `None` leaves the relations alone.
        relation_liste: Option<K::Relationer> = Element::new(K::NAMESPACE, "RelationListe"),
    }
}

sequence! {
    /// *passiver*: stop offering an object to readers.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, PassiverInput};
    /// let stop = PassiverInput { kind: Bruger, uuid_identifikator: uuid::Uuid::from_u128(1), note_tekst: None };
    /// ```
    #[doc(alias = "passivate")]
    pub struct PassiverInput<K: Kind> of kind: K {
        uuid_identifikator: Uuid,
        note_tekst: Option<String>,
    }
}

sequence! {
    /// *slet*: delete an object; its history is kept.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, SletInput};
    /// let gone = SletInput { kind: Bruger, uuid_identifikator: uuid::Uuid::from_u128(1), note_tekst: None };
    /// ```
    #[doc(alias = "delete")]
    pub struct SletInput<K: Kind> of kind: K {
        uuid_identifikator: Uuid,
        note_tekst: Option<String>,
    }
}

sequence! {
    /// *laes*: read one object; without filters as it holds and is known now.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, LaesInput};
    /// let who = LaesInput { kind: Bruger, uuid_identifikator: uuid::Uuid::from_u128(1), ..Default::default() };
    /// ```
    #[doc(alias = "læs")]
    #[doc(alias = "read")]
    pub struct LaesInput<K: Kind> of kind: K {
        uuid_identifikator: Uuid,
        virkning_fra_filter: Option<Tidspunkt>,
        virkning_til_filter: Option<Tidspunkt>,
        registrering_fra_filter: Option<Tidspunkt>,
        registrering_til_filter: Option<Tidspunkt>,
    }
}

sequence! {
    /// *list*: read several objects, at least one.
    ///
    /// ```
    /// use mo_sts::oio::{ListInput, OrganisationEnhed};
    /// let units = ListInput {
    ///     kind: OrganisationEnhed,
    ///     uuid_identifikator: vec![uuid::Uuid::from_u128(1)],
    ///     ..Default::default()
    /// };
    /// ```
    pub struct ListInput<K: Kind> of kind: K {
        /// `UUIDIdentifikator`: which objects.
        uuid_identifikator: Vec<Uuid> = super::elements::element!(uuid_identifikator).at_least_one(),
        virkning_fra_filter: Option<Tidspunkt>,
        virkning_til_filter: Option<Tidspunkt>,
        registrering_fra_filter: Option<Tidspunkt>,
        registrering_til_filter: Option<Tidspunkt>,
    }
}

sequence! {
    /// *soeg*: find objects. What stands in the three lists is what the objects must have.
    ///
    /// ```
    /// use mo_sts::oio::{Relation, Organisation, SoegInput};
    ///
    /// // The organisation of an enterprise.
    /// let mut search = SoegInput::<Organisation> { maksimal_antal_kvantitet: Some(2), ..Default::default() };
    /// let enterprise = uuid::Uuid::from_u128(1);
    /// search.relation_liste.virksomhed = Some(Relation { virkning: None, reference_id: Some(enterprise.into()) });
    /// ```
    #[doc(alias = "søg")]
    #[doc(alias = "search")]
    pub struct SoegInput<K: Kind> {
        foerste_resultat_reference: Option<i64>,
        maksimal_antal_kvantitet: Option<i64>,
        soeg_registrering: Option<SoegRegistrering>,
        soeg_virkning: Option<Virkning>,
        /// `DataEjer`: who owns the data, in version 7.
        data_ejer: Option<K::DataEjer> = super::elements::element!(data_ejer),
        /// `AttributListe`: attributes asked for.
        attribut_liste: AttributListe<K> = Element::new(K::NAMESPACE, "AttributListe"),
        /// `TilstandListe`: states asked for.
        tilstand_liste: TilstandListe<K> = Element::new(K::NAMESPACE, "TilstandListe"),
        /// `RelationListe`: relations asked for.
        relation_liste: K::Relationer = Element::new(K::NAMESPACE, "RelationListe"),
    }
}

sequence! {
    /// The answer to [`OpretInput`], with the UUID the service chose.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, OpretOutput};
    /// assert_eq!(OpretOutput::<Bruger>::default().uuid_identifikator, None);
    /// ```
    pub struct OpretOutput<K: Kind> of kind: K {
        standard_retur: StandardRetur,
        uuid_identifikator: Option<Uuid>,
    }
}

/// Declares answers that say nothing but how the call went.
macro_rules! answers {
    ($( $name:ident to $input:ident, )*) => { $(
        sequence! {
            #[doc = concat!("The answer to [`", stringify!($input), "`]: how it went.")]
            ///
            /// ```
            #[doc = concat!("use mo_sts::oio::{Bruger, ", stringify!($name), "};")]
            #[doc = concat!("assert!(!", stringify!($name), "::<Bruger>::default().standard_retur.is_ok());")]
            /// ```
            pub struct $name<K: Kind> of kind: K {
                standard_retur: StandardRetur,
            }
        }
    )* };
}

answers! {
    ImportOutput to ImportInput,
    RetOutput to RetInput,
    PassiverOutput to PassiverInput,
    SletOutput to SletInput,
}

sequence! {
    /// The answer to [`LaesInput`].
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, LaesOutput};
    /// assert!(LaesOutput::<Bruger>::default().filtreret_oejebliksbillede.is_none());
    /// ```
    pub struct LaesOutput<K: Kind> {
        standard_retur: StandardRetur,
        /// `FiltreretOejebliksbillede`: the object, if it was found.
        filtreret_oejebliksbillede: Option<FiltreretOejebliksbillede<K>> =
            Element::new(K::NAMESPACE, "FiltreretOejebliksbillede"),
    }
}

sequence! {
    /// The answer to [`ListInput`]. [`read_each`](ListOutput::read_each) reads it without holding it.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, ListOutput};
    /// assert!(ListOutput::<Bruger>::default().filtreret_oejebliksbillede.is_empty());
    /// ```
    pub struct ListOutput<K: Kind> {
        standard_retur: StandardRetur,
        /// `FiltreretOejebliksbillede`: the objects found.
        filtreret_oejebliksbillede: Vec<FiltreretOejebliksbillede<K>> =
            Element::new(K::NAMESPACE, "FiltreretOejebliksbillede"),
    }
}

impl<K: Kind> ListOutput<K> {
    /// Reads the answer just entered object by object, holding one at a time, and closes it; how the call went is returned.
    ///
    /// To enter it, see [`Envelope::enter`](crate::soap::Envelope::enter).
    ///
    /// # Errors
    /// As [`Message::read_from`]. `each` has then seen the objects before the fault.
    pub fn read_each<R: BufRead>(
        reader: &mut Reader<R>,
        mut each: impl FnMut(FiltreretOejebliksbillede<K>),
    ) -> Result<StandardRetur, ReadError> {
        let mut outcome = StandardRetur::default();
        let mut cursor = Cursor::new(<Self as Sequence>::ELEMENTS);
        while let Some((index, _)) = reader.child(&mut cursor)? {
            if index == 0 {
                Part::take(&mut outcome, reader)?;
            } else {
                each(FiltreretOejebliksbillede::read(reader)?);
            }
        }
        Ok(outcome)
    }
}

sequence! {
    /// The answer to [`SoegInput`]. A search without hits answers 44.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, SoegOutput};
    /// assert!(SoegOutput::<Bruger>::default().id_liste.is_none());
    /// ```
    pub struct SoegOutput<K: Kind> of kind: K {
        standard_retur: StandardRetur,
        id_liste: Option<IdListe>,
    }
}

/// Ties operations to their messages and SOAP actions: those of every kind by the end of the action, others by the whole of
/// it and their namespace.
macro_rules! operations {
    ($( $operation:literal: $input:ident<K> -> $output:ident<K>, )*) => { $(
        operations! { @message $input<K: Kind>, K::NAMESPACE, K::LENIENT }
        operations! { @message $output<K: Kind>, K::NAMESPACE, K::LENIENT }

        impl<K: Kind> Request for $input<K> {
            type Reply = $output<K>;

            fn action() -> String {
                [K::ACTION, $operation].concat()
            }
        }
    )* };
    ($( $action:literal: $input:ident -> $output:ident in $namespace:ident, )*) => { $(
        $crate::oio::message::operations! { @message $input, $namespace, false }
        $crate::oio::message::operations! { @message $output, $namespace, false }

        impl $crate::oio::Request for $input {
            type Reply = $output;

            fn action() -> String {
                $action.to_owned()
            }
        }
    )* };
    (@message $name:ident $(<$k:ident: $bound:ident>)?, $namespace:expr, $lenient:expr) => {
        impl $(<$k: $bound>)? $crate::oio::Message for $name $(<$k>)? {
            const ROOT: &'static [$crate::xml::Element] =
                &[$crate::xml::Element::new($namespace, stringify!($name)).of::<Self>()];
            const LENIENT: bool = $lenient;
        }
    };
}

pub(super) use operations;

operations! {
    "opret": OpretInput<K> -> OpretOutput<K>,
    "importer": ImportInput<K> -> ImportOutput<K>,
    "ret": RetInput<K> -> RetOutput<K>,
    "passiver": PassiverInput<K> -> PassiverOutput<K>,
    "slet": SletInput<K> -> SletOutput<K>,
    "laes": LaesInput<K> -> LaesOutput<K>,
    "list": ListInput<K> -> ListOutput<K>,
    "soeg": SoegInput<K> -> SoegOutput<K>,
}
