//! How an extract becomes one commit: classes and a hierarchy it needs, and a wish that the registry say what the extract
//! says, on the days from its own until the next one's.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use uuid::Uuid;

use super::extract::{Extract, Mastered, Wanted, WantedClass};
use super::problem::{ImportError, Problem, Rule};
use crate::model::value::Text;
use crate::model::{Class, ClassId, Facet, FacetId, Fields, Key, Kind, Object, ObjectRef, Slot, Value};
use crate::reconcile::{Reconcile, Scope};
use crate::registry::{Command, Commit};
use crate::state::tables::Ix;
use crate::state::{Snapshot, View};
use crate::time::{Day, Period, Revision};

/// How the causes of imports begin.
const CAUSE: &str = "import ";

/// The days of which the registry holds an extract of a source: those of the commits that [`Extract::commit`] made.
///
/// An extract that changed nothing was not registered, so its day is not among them.
///
/// # Complexity
/// O(n) in the registrations.
pub fn imported_days(snapshot: &Snapshot, source: &str) -> BTreeSet<Day> {
    let rows = (1..=snapshot.revision().number()).map(Revision::new);
    let causes = rows.filter_map(|revision| snapshot.tables().registration(revision)?.cause.as_deref());
    let days = causes.filter_map(|cause| {
        let day = cause.strip_prefix(CAUSE)?.strip_prefix(source)?.strip_prefix(' ')?;
        day.parse().ok()
    });
    days.collect()
}

impl Extract {
    /// What a commit of it names as its cause.
    fn cause(&self) -> String {
        format!("{CAUSE}{} {}", self.source(), self.day())
    }

    /// The days it speaks for: from its day until the next extract of the same source that the registry holds.
    pub fn period(&self, snapshot: &Snapshot) -> Period {
        let next = imported_days(snapshot, self.source()).into_iter().find(|day| *day > self.day());
        Period::new(self.day(), next).unwrap_or(Period::since(self.day()))
    }

    /// The commit after which the registry says, on every day of [`period`](Extract::period), what the extract says:
    /// one registration, with the cause `import SOURCE DAY` and the names of the files as its note.
    ///
    /// Objects it names and the registry does not have are created, or come back after a hole. Those that exist get the
    /// mapped fields, over anything planned; other fields, and placements in other hierarchies, are left. Objects of the
    /// source that it does not name end, of the kinds the mapping reads. What other sources master is never touched. An
    /// extract that is imported already gives a commit that is [`Unchanged`](crate::registry::Outcome::Unchanged).
    ///
    /// Ending what others refer to is refused, as in any commit, unless the commit's `policies` say what is to happen.
    ///
    /// # Errors
    /// Rows whose object another source masters, and classes that are neither registered nor to be made. Nothing is
    /// registered here in any case.
    ///
    /// # Complexity
    /// O(n) in the objects of the extract and in those ever registered of its kinds.
    ///
    /// ```
    /// use mo_core::import::{ExtractReader, Mapping, ORGANOGRAM};
    /// # use mo_core::{model::*, registry::{Outcome, Registry}, time::*};
    /// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("import"));
    /// let mapping = Mapping::parse(ORGANOGRAM)?;
    /// let file = "korsbaek-2024-01-01.csv";
    /// let mut reader = ExtractReader::new(&mapping, mapping.covers(file).unwrap());
    /// reader.read(file, &mut "Post Unique Reference,Job Title,Reports to Senior Post\n\
    ///                         1,Kommunaldirektør,XX\n\
    ///                         2,Skolechef,1\n".as_bytes());
    /// let extract = reader.finish()?;
    /// registry.commit(&extract.commit(&registry.snapshot(), "ib")?)?;
    ///
    /// let view = registry.snapshot().at("2025-01-01".parse()?);
    /// let line = extract.hierarchy().unwrap();
    /// let top = view.roots(line)[0];
    /// assert_eq!(view.get(view.children(line, top)[0]).unwrap().name, "Skolechef");
    ///
    /// // A second time there is nothing to register.
    /// let again = registry.commit(&extract.commit(&registry.snapshot(), "ib")?)?;
    /// assert_eq!(again, Outcome::Unchanged);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn commit(&self, snapshot: &Snapshot, actor: impl Into<Text>) -> Result<Commit, ImportError> {
        let mut commit = Commit::new(actor);
        commit.cause = Some(self.cause().into());
        commit.note = Some(self.files.join(", ").into());
        let mut problems = Vec::new();
        let classes = self.classes(&snapshot.at(self.day()), &mut commit, &mut problems);
        if let Some((id, state)) = &self.hierarchy
            && !lives(snapshot, (*id).into())
        {
            let (period, state) = (Period::ALWAYS, state.clone().into_fields());
            commit.commands.push(Command::Create { object: (*id).into(), period, state });
        }
        let period = self.period(snapshot);
        let mut wishes: BTreeMap<usize, Vec<(&Wanted, Fields)>> = BTreeMap::new();
        for wanted in &self.wanted {
            match self.wish(snapshot, wanted, &classes) {
                Ok(state) => wishes.entry(wanted.table).or_default().push((wanted, state)),
                Err(rule) => problems.push(Problem::of_row(&wanted.file, wanted.line, rule)),
            }
        }
        let mut unnamed = self.unnamed(snapshot, period);
        for (table, wishes) in &wishes {
            // What no table of a kind names goes with the first of them.
            let kinds: BTreeSet<Kind> = wishes.iter().map(|(wanted, _)| wanted.object.kind).collect();
            let (gone, rest) = unnamed.into_iter().partition(|object| kinds.contains(&object.kind));
            unnamed = rest;
            commit.commands.extend(self.reconcile(snapshot, period, *table, wishes, gone));
        }
        let none = self.mastering(usize::MAX, false, Scope::Objects(unnamed)).within(period);
        commit.commands.extend(commands(&none, snapshot, self.day()).unwrap_or_default());
        if problems.is_empty() { Ok(commit) } else { Err(ImportError { problems }) }
    }

    /// The ids of classes that the registry knows by others than those made here; makes those it does not know.
    fn classes(&self, view: &View, commit: &mut Commit, problems: &mut Vec<Problem>) -> BTreeMap<Uuid, Uuid> {
        let mut known = BTreeMap::new();
        let mut made: BTreeSet<FacetId> = BTreeSet::new();
        for wanted in &self.classes {
            let facets = view.find(Facet::USER_KEY, Text::from(wanted.facet.as_str()));
            match registered(view, wanted, &facets) {
                Some(class) => {
                    known.insert(wanted.id.uuid(), class.uuid());
                }
                None if !wanted.create => {
                    let (kind, field) = wanted.field;
                    let rule = Rule::NoSuchClass { facet: wanted.facet.clone() };
                    problems.push(
                        Problem::of_row(&wanted.file, wanted.line, rule)
                            .in_column(None, kind, field)
                            .with_value(&wanted.key),
                    );
                }
                None => {
                    let facet = facets.first().copied().unwrap_or(wanted.facet_id);
                    if facets.is_empty() && made.insert(facet) {
                        let state = Facet::new(wanted.facet.as_str()).source(self.source().clone());
                        commit.commands.push(create(facet.into(), state));
                    }
                    let mut state = Class::new(facet, wanted.key.clone(), wanted.key.clone());
                    state.scope = wanted.scope.map(|scope| scope.name().into());
                    commit.commands.push(create(wanted.id.into(), state.source(self.source().clone())));
                }
            }
        }
        known
    }

    /// What a row says an object is to be, its source and key included.
    fn wish(
        &self,
        snapshot: &Snapshot,
        wanted: &Wanted,
        classes: &BTreeMap<Uuid, Uuid>,
    ) -> Result<Fields, Rule> {
        let object = wanted.object;
        if let Some(kind) = snapshot.kind_of(object.id).filter(|kind| *kind != object.kind) {
            return Err(Rule::OtherKind { other: ObjectRef { kind, id: object.id } });
        }
        let mut state = with_classes(&wanted.fields, classes);
        let source = slot_of(object.kind, "source", None);
        state.put(source.clone(), Value::Text(self.source().clone()));
        if let Some(key) = &wanted.external {
            state.put(slot_of(object.kind, "external_ids", Some(self.source())), Value::Text(key.clone()));
        }
        let timeline = snapshot.fields_timeline(object);
        if let Some(other) = timeline.iter().find(|(_, held)| held.get(&source) != state.get(&source)) {
            let source_name = match other.1.get(&source) {
                Some(Value::Text(source)) => source.to_string(),
                _ => "local".to_owned(),
            };
            return Err(Rule::Foreign { object, source_name });
        }
        Ok(state)
    }

    /// What makes the objects of a table be as their rows say, and others be gone, on the days of the period.
    fn reconcile(
        &self,
        snapshot: &Snapshot,
        period: Period,
        table: usize,
        wishes: &[(&Wanted, Fields)],
        gone: BTreeSet<ObjectRef>,
    ) -> Vec<Command> {
        let mut scope = gone;
        scope.extend(wishes.iter().map(|(wanted, _)| wanted.object));
        let keyed = wishes.iter().any(|(wanted, _)| wanted.external.is_some());
        let mut wish = self.mastering(table, keyed, Scope::Objects(scope)).within(period);
        for (Wanted { object, .. }, state) in wishes {
            let timeline = vec![(period, state.clone())];
            wish = wish.wish_fields(object.kind, Some(object.id), object.id, timeline);
        }
        commands(&wish, snapshot, self.day()).unwrap_or_else(|| {
            // A value that does not fit its field: the registry says so when it sees it.
            let replace = |(wanted, state): &(&Wanted, Fields)| Command::Replace {
                object: wanted.object,
                timeline: vec![(period, state.clone())],
                dependents: None,
            };
            wishes.iter().map(replace).collect()
        })
    }

    /// A wish for nothing yet that masters what the columns of a table name.
    fn mastering(&self, table: usize, keyed: bool, scope: Scope) -> Reconcile {
        let kinds: BTreeSet<Kind> = match &scope {
            Scope::Objects(objects) => objects.iter().map(|object| object.kind).collect(),
            Scope::Kinds(kinds) => kinds.clone(),
        };
        let mut wish = Reconcile::new(self.source().clone(), scope);
        for kind in kinds {
            // A kind of which nothing is named would be mastered whole.
            wish = wish.masters_slot(kind, slot_of(kind, "source", None));
            for mastered in self.mastered.get(table).into_iter().flatten() {
                let slot = match mastered {
                    Mastered::Slot(slot) => slot.clone(),
                    Mastered::Set(field) => Slot::one(*field),
                };
                wish = wish.masters_slot(kind, slot);
            }
            if keyed {
                wish = wish.masters_slot(kind, slot_of(kind, "external_ids", Some(self.source())));
            }
        }
        wish
    }

    /// What is the source's on some day of the period, of the kinds it speaks of, and not named in the extract.
    fn unnamed(&self, snapshot: &Snapshot, period: Period) -> BTreeSet<ObjectRef> {
        let named: HashSet<Uuid> = self.wanted.iter().map(|wanted| wanted.object.id).collect();
        let of_kind = |kind: &Kind| {
            let kind = *kind;
            of_source(snapshot, kind, self.source(), period).into_iter().map(move |id| ObjectRef { kind, id })
        };
        self.kinds.iter().flat_map(of_kind).filter(|object| !named.contains(&object.id)).collect()
    }
}

/// The commands that bring a wish about; `None` where it does not fit.
fn commands(wish: &Reconcile, snapshot: &Snapshot, today: Day) -> Option<Vec<Command>> {
    Some(wish.against(snapshot, today).ok()?.commands().to_vec())
}

/// The objects of a kind that a source masters on some day of the period.
fn of_source(snapshot: &Snapshot, kind: Kind, source: &Text, period: Period) -> Vec<Uuid> {
    let (tables, known) = (snapshot.tables(), snapshot.revision());
    let (slot, value) = (slot_of(kind, "source", None), Value::Text(source.clone()));
    // A source that the tables never met masters nothing.
    let Some((at, value)) = tables.lookup(kind, &slot, Some(&value)) else { return Vec::new() };
    let masters = |ix: &Ix| {
        let timeline = tables.history(*ix).map(|history| history.timeline(known)).unwrap_or_default();
        timeline.clip(period).iter().any(|(_, state)| state.get(at) == value)
    };
    tables.of_kind(kind).filter(masters).map(|ix| tables.id(ix)).collect()
}

fn lives(snapshot: &Snapshot, object: ObjectRef) -> bool {
    !snapshot.fields_timeline(object).is_empty()
}

fn create<K: Object>(object: ObjectRef, state: K) -> Command {
    Command::Create { object, period: Period::ALWAYS, state: state.into_fields() }
}

/// The class of one of these facets that has the key, the one with the lowest id.
fn registered(view: &View, wanted: &WantedClass, facets: &[FacetId]) -> Option<ClassId> {
    let classes = view.find(Class::USER_KEY, wanted.key.clone()).into_iter();
    classes.filter(|class| view.field(*class, Class::FACET).is_some_and(|f| facets.contains(&f))).min()
}

/// The slot of a field that every kind has.
fn slot_of(kind: Kind, field: &str, key: Option<&Text>) -> Slot {
    let field = kind.spec().field(field).map_or(u8::MAX, |(field, _)| field);
    Slot { field, key: key.map(|key| Key::Text(key.clone())) }
}

/// The fields with each class as the registry knows it.
fn with_classes(fields: &Fields, classes: &BTreeMap<Uuid, Uuid>) -> Fields {
    let known = |id: &Uuid| classes.get(id).copied().unwrap_or(*id);
    let mut out = Fields::new();
    for (slot, value) in fields.iter() {
        let key = match &slot.key {
            Some(Key::Id(id)) => Some(Key::Id(known(id))),
            key => key.clone(),
        };
        let value = match value {
            Value::Id(id) => Value::Id(known(id)),
            value => value.clone(),
        };
        out.put(Slot { field: slot.field, key }, value);
    }
    out
}
