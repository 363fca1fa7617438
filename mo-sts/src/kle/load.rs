//! From an [`Edition`] to a registry: the timelines it wishes for, and the commit that makes them so.

use std::collections::{BTreeMap, BTreeSet};

use mo_core::classification::{ClassNotes, KLE_FACET};
use mo_core::model::{Class, ClassId, Classification, ClassificationId, Facet, FacetId, Object, ObjectRef};
use mo_core::plan::Proposal;
use mo_core::registry::{Command, Commit, CommitError, Outcome, Registry};
use mo_core::rules::{Policies, Policy};
use mo_core::state::Snapshot;
use mo_core::time::{Day, Period};
use mo_core::timeline::Timeline;
use uuid::uuid;

use super::edition::Edition;
use super::matching::{self, Matching};
use super::report::{Finding, Report};
use super::row::Row;

/// Who masters the classes of KLE: the `source` they carry.
pub const SOURCE: &str = "KLE";

/// Under this name a class carries KL's UUID in its external ids: its own id may be another, from before the UUID was known.
pub const UUID_SYSTEM: &str = "kle";

/// The id of the classification KLE, as STS Klassifikation has it.
pub const CLASSIFICATION: ClassificationId =
    ClassificationId::new(uuid!("00000c7e-c7a5-4000-8000-000000000000"));

/// The id of the facet of the plan (emneplan), as STS Klassifikation has it.
pub const PLAN_FACET: FacetId = FacetId::new(uuid!("00000c7e-face-4001-8000-000000000000"));

/// The id of the facet of the action facets (handlingsfacetter); mo's own, since that of STS is not public.
pub const ACTION_FACET: FacetId = FacetId::new(uuid!("cacfabef-d771-5fbe-8a20-653073bb57cc"));

/// The key of the facet of the action facets.
const ACTION_KEY: &str = "kle_action";

/// What a registry should say by an edition: a timeline for every class that is KLE's.
///
/// ```
/// # let file = r"<KLE-Emneplan><UdgivelsesDato>2025-05-01</UdgivelsesDato><Hovedgruppe>
/// #   <HovedgruppeNr>17</HovedgruppeNr><HovedgruppeTitel>Skole</HovedgruppeTitel>
/// #   <HovedgruppeVejledning><VejledningTekst><p>Alt om skoler.</p></VejledningTekst></HovedgruppeVejledning>
/// #   <HovedgruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></HovedgruppeAdministrativInfo>
/// #   <Gruppe><GruppeNr>17.01</GruppeNr><GruppeTitel>Undervisning</GruppeTitel>
/// #     <GruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></GruppeAdministrativInfo>
/// #     <Emne><EmneNr>17.01.01</EmneNr><EmneTitel>Lektier</EmneTitel>
/// #       <EmneAdministrativInfo><OprettetDato>2004-02-01</OprettetDato></EmneAdministrativInfo>
/// #       <BevaringJaevnfoerArkivloven>K5</BevaringJaevnfoerArkivloven></Emne></Gruppe></Hovedgruppe></KLE-Emneplan>";
/// # let edition = mo_sts::kle::Edition::read(file.as_bytes(), mo_sts::xml::Limits::default())?;
/// # use mo_core::{model::CountedIds, registry::Registry, time::SteppingClock};
/// # let clock = SteppingClock::new("2025-05-02T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("loading"));
/// let loading = edition.loading(&registry.snapshot()); // nothing is registered yet
/// assert_eq!(loading.wishes().count(), 3);
/// registry.commit(&loading.commit("anna"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Loading {
    published: Day,
    facet: FacetId,
    /// What must be created before the classes.
    new: Vec<Command>,
    wishes: BTreeMap<ClassId, Timeline<Class>>,
    /// The classes of which the registry says something else.
    different: BTreeSet<ClassId>,
    reports: Vec<Report>,
}

/// What came of loading an edition.
///
/// ```
/// # let file = r"<KLE-Emneplan><UdgivelsesDato>2025-05-01</UdgivelsesDato><Hovedgruppe>
/// #   <HovedgruppeNr>17</HovedgruppeNr><HovedgruppeTitel>Skole</HovedgruppeTitel>
/// #   <HovedgruppeVejledning><VejledningTekst><p>Alt om skoler.</p></VejledningTekst></HovedgruppeVejledning>
/// #   <HovedgruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></HovedgruppeAdministrativInfo>
/// #   <Gruppe><GruppeNr>17.01</GruppeNr><GruppeTitel>Undervisning</GruppeTitel>
/// #     <GruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></GruppeAdministrativInfo>
/// #     <Emne><EmneNr>17.01.01</EmneNr><EmneTitel>Lektier</EmneTitel>
/// #       <EmneAdministrativInfo><OprettetDato>2004-02-01</OprettetDato></EmneAdministrativInfo>
/// #       <BevaringJaevnfoerArkivloven>K5</BevaringJaevnfoerArkivloven></Emne></Gruppe></Hovedgruppe></KLE-Emneplan>";
/// # let edition = mo_sts::kle::Edition::read(file.as_bytes(), mo_sts::xml::Limits::default())?;
/// # use mo_core::{model::CountedIds, registry::Registry, time::SteppingClock};
/// # let clock = SteppingClock::new("2025-05-02T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("loaded"));
/// let loaded = edition.load(&registry, "anna")?;
/// assert!(loaded.outcome.receipt().is_some() && loaded.reports.is_empty());
/// assert!(edition.load(&registry, "anna")?.outcome.receipt().is_none()); // it was there already
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Loaded {
    /// The receipt, or that everything was so already.
    pub outcome: Outcome,
    /// The facet that the classes belong to.
    pub facet: FacetId,
    /// What is odd in the edition, also beside what the registry held, in the order of the file.
    pub reports: Vec<Report>,
}

impl Edition {
    /// Makes a registry say what the edition says, in one registration: everything or nothing.
    ///
    /// A class is valid on the days of its own row; its parent is the row it stands in, also on days on which that is not
    /// valid, which the receipt and `check()` tell. Classes carry the source [`SOURCE`]; those of other sources, such as a
    /// municipality's own numbers, are left alone. Classification and facet are created where they are missing.
    ///
    /// Editions are loaded from the oldest on, each over the one before:
    ///
    /// * A row is the class that has its UUID, else its number. A class from an edition without UUIDs keeps its id when the
    ///   UUID becomes known, and carries it as external id [`UUID_SYSTEM`]; so nothing that refers to it breaks. New classes
    ///   have KL's UUID for id, else one that is made from the number and equal in every registry.
    /// * A row that was changed (rettet) on a day that the edition before did not know is new from that day on; before it
    ///   the class stays as it was. Any other difference corrects what was last said.
    /// * A class that is in no row any more ends on the day of the edition, and is reported.
    ///
    /// Loading the same edition again changes nothing.
    ///
    /// # Errors
    /// As [`Registry::commit`].
    pub fn load(&self, registry: &Registry, actor: &str) -> Result<Loaded, CommitError> {
        let loading = self.loading(&registry.snapshot());
        let outcome = registry.commit(&loading.commit(actor))?;
        Ok(Loaded { outcome, facet: loading.facet, reports: loading.reports })
    }

    /// What [`load`](Edition::load) would make a registry say that believes this now: for a dry run, and for other ways to
    /// bring it about.
    pub fn loading(&self, snapshot: &Snapshot) -> Loading {
        let (id, key, what) = if self.is_actions() {
            (ACTION_FACET, ACTION_KEY, "KLE: handlingsfacetter")
        } else {
            (PLAN_FACET, KLE_FACET, "KLE: emneplan")
        };
        let mut new = Vec::new();
        let facet = snapshot.facets_with_key(key).first().copied().unwrap_or_else(|| {
            if snapshot.timeline(CLASSIFICATION).is_empty() {
                let state = Classification::new("KLE").user_key("KLE").source(SOURCE).into_fields();
                new.push(Command::Create { object: CLASSIFICATION.into(), period: Period::ALWAYS, state });
            }
            let state = Facet::new(key).description(what).classification(CLASSIFICATION).source(SOURCE);
            let state = state.into_fields();
            new.push(Command::Create { object: id.into(), period: Period::ALWAYS, state });
            id
        });
        let matching = matching::classes(self, snapshot, facet);
        let mut reports = self.reports().to_vec();
        reports.extend_from_slice(&matching.reports);
        let mut loading = Loading {
            published: self.published(),
            facet,
            new,
            wishes: BTreeMap::new(),
            different: BTreeSet::new(),
            reports,
        };
        loading.rows(self, snapshot, &matching);
        loading.gone(&matching);
        loading.reports.sort_by_key(|report| report.line);
        loading
    }
}

impl Loading {
    /// The facet that the classes belong to.
    pub fn facet(&self) -> FacetId {
        self.facet
    }

    /// Every class of KLE in the facet with the timeline it should have, by id; an empty one for a class that should have
    /// no day.
    pub fn wishes(&self) -> impl Iterator<Item = (ClassId, &Timeline<Class>)> {
        self.wishes.iter().map(|(class, timeline)| (*class, timeline))
    }

    /// What is odd in the edition, also beside what the registry holds, in the order of the file.
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// The commit that brings it about. Its cause names the edition; a parent that is not valid on some days is reported.
    pub fn commit(&self, actor: &str) -> Commit {
        let mut commit = Commit::new(actor);
        commit.cause = Some(format!("KLE {}", self.published).into());
        commit.policies = Policies::new().with(Class::PARENT, Policy::Report);
        commit.commands.clone_from(&self.new);
        let different = self.different.iter().filter_map(|class| self.wishes.get_key_value(class));
        commit.commands.extend(different.map(|(class, timeline)| Command::Replace {
            object: ObjectRef::from(*class),
            timeline: timeline.iter().map(|(days, state)| (days, state.clone().into_fields())).collect(),
            dependents: None,
        }));
        commit
    }

    /// The same as a proposal, for a plan to be looked at before anything is registered; alone or with other intents, such as
    /// [`ReplaceRetired`](mo_core::classification::ReplaceRetired) for the tags on what this edition retires.
    ///
    /// ```no_run
    /// # use mo_core::{classification::ReplaceRetired, registry::Registry};
    /// # fn load(registry: &Registry, edition: &mo_sts::kle::Edition) -> Result<(), Box<dyn std::error::Error>> {
    /// let loading = edition.loading(&registry.snapshot());
    /// let replace = ReplaceRetired::since(edition.published());
    /// let plan = registry.plan(loading.proposal("anna").with(replace))?;
    /// println!("{plan}");
    /// # Ok(()) }
    /// ```
    pub fn proposal(&self, author: &str) -> Proposal {
        let Commit { commands, policies, cause, .. } = self.commit(author);
        let proposal = Proposal::new(cause.unwrap_or_default(), author).effective(self.published);
        commands.into_iter().fold(proposal.policies(policies), Proposal::with)
    }

    fn wish(&mut self, class: ClassId, wish: Timeline<Class>, known: Option<&Timeline<Class>>) {
        let differs = known.map_or(!wish.is_empty(), |known| *known != wish);
        if differs {
            self.different.insert(class);
        }
        self.wishes.insert(class, wish);
    }

    fn rows(&mut self, edition: &Edition, snapshot: &Snapshot, matching: &Matching) {
        let by_number = edition.by_number();
        let stored = |number: &str, end: Day| {
            let all = by_number.get(number).into_iter().flatten();
            let stored =
                all.filter(|place| edition.rows().get(**place).is_some_and(|row| row.days().is_some()));
            // Of several rows with the number the one that is valid when it is needed.
            let valid = |place: &&usize| {
                let days = edition.rows().get(**place).and_then(Row::days);
                days.is_some_and(|days| days.contains(end))
            };
            stored.min_by_key(|place| !valid(place)).and_then(|place| matching.classes.get(*place)).copied()
        };
        for (row, class) in edition.rows().iter().zip(&matching.classes) {
            let known = matching.known.get(class);
            let Some(days) = row.days() else {
                self.wish(*class, Timeline::new(), known);
                continue;
            };
            let mut notes = row.notes.clone();
            let mut successors = BTreeSet::new();
            for number in &row.successors {
                let end = row.end.map_or(row.created, super::End::day);
                let action = || snapshot.classes_with_key(ACTION_KEY, number).first().copied();
                if let Some(successor) = stored(number, end).or_else(action) {
                    successors.insert(successor);
                    continue;
                }
                notes.unknown_successors.push(number.clone());
                // A number of the plan was reported when the edition was read.
                if super::grammar::number(4, number).is_ok() {
                    self.reports.push(Report::of(row, Finding::UnknownSuccessor(number.clone())));
                }
            }
            // A title is mandatory; KL's form lets it be empty.
            let title = if row.title.is_empty() { &row.number } else { &row.title };
            let mut state = Class::new(self.facet, row.number.as_str(), title.as_str());
            state = state.source(SOURCE).replaced_by(successors);
            state.parent = row.above.and_then(|above| matching.classes.get(above)).copied();
            state.description = Some(notes.to_string()).filter(|text| !text.is_empty()).map(Into::into);
            let uuid = row.uuid.or_else(|| known.and_then(matching::uuid_of));
            if let Some(uuid) = uuid {
                state = state.known_as(UUID_SYSTEM, uuid.to_string());
            }
            self.wish(*class, over(known, days, state, &notes), known);
        }
    }

    /// The classes that are in no row any more.
    fn gone(&mut self, matching: &Matching) {
        for class in &matching.gone {
            let Some(known) = matching.known.get(class) else { continue };
            let Some(state) = known.get(self.published) else {
                self.wish(*class, known.clone(), Some(known));
                continue;
            };
            let (number, finding) = (state.user_key.to_string(), Finding::Gone { from: self.published });
            self.reports.push(Report { line: 0, number, finding });
            self.wish(*class, known.clip(Period::before(self.published)), Some(known));
        }
    }
}

/// What a row says over what was said before: from the day of a change that is new, else instead of what was last said.
fn over(known: Option<&Timeline<Class>>, days: Period, state: Class, notes: &ClassNotes) -> Timeline<Class> {
    let new = Timeline::single(days, state);
    let Some((known, (last, before))) = known.and_then(|known| Some((known, known.last()?))) else {
        return new;
    };
    let told = ClassNotes::of(before).changed;
    let changed = notes.changed.iter().filter(|day| days.contains(**day) && !told.contains(day)).max();
    match changed.copied().max(last.from()) {
        Some(from) => known.clip(Period::before(from)).clip(days).or_else(&new),
        None => new,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_id_of_the_action_facet_is_made_from_its_name_within_kle() {
        assert_eq!(ACTION_FACET.uuid(), Uuid::new_v5(&CLASSIFICATION.uuid(), b"handlingsfacetter"));
    }
}
