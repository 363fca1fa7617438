//! Random commands for the model and the engine, drawn from the declarations of the kinds: few ids, few values and few
//! days, so that commands meet. What is drawn need not make sense; the model says what becomes of it.

use std::collections::{BTreeMap, BTreeSet};

use mo_core::model::{
    FieldChange, FieldSpec, Fields, Key, KeyType, Kind, ObjectRef, Placement, Shape, Slot, Value, ValueType,
};
use mo_core::registry::Command;
use mo_core::state::Dependents;
use mo_core::time::Period;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::{Window, World};

/// The commands with the stretches that `shift` names made such as there are: the `n`th of the object, counted round.
pub fn aimed(world: &World, n: usize, commands: &[Command]) -> Vec<Command> {
    let aim = |command: &Command| match command {
        Command::Shift { object, new, dependents, .. } => {
            let line = world.of(*object).map(|known| known.line.clone()).unwrap_or_default();
            let stretches = world.window.runs(|day| line.get(day).is_some_and(Option::is_some));
            let (from, until) = *stretches.get(n % stretches.len().max(1))?;
            let old = world.window.period(from, until);
            Some(Command::Shift { object: *object, old, new: *new, dependents: *dependents })
        }
        _ => None,
    };
    commands.iter().map(|command| aim(command).unwrap_or_else(|| command.clone())).collect()
}

/// The id of the `n`th object of a kind, made to be read.
pub fn id(kind: Kind, n: usize) -> Uuid {
    Uuid::from_u128(((kind as u128 + 1) << 64) + n as u128)
}

/// The CPR numbers that persons are given.
pub const CPR_NUMBERS: [&str; 2] = ["0101800001", "0202800002"];

/// What commands are drawn from.
#[derive(Debug, Clone)]
pub struct Pools {
    pub window: Window,
    /// How many ids there are of each kind.
    pub ids: BTreeMap<Kind, usize>,
    /// Kinds that commands are applied to, each as often as it stands here.
    pub addressed: Vec<Kind>,
    /// The texts of a field, where others than a few letters make sense.
    pub texts: fn(Kind, &str) -> &'static [&'static str],
    /// The value that the `n`th object of a kind mostly has in a field.
    pub own: fn(Kind, usize, &str) -> Option<Value>,
    /// By number the classes that a field demanding this facet is given; none: any.
    pub classes: fn(&str) -> &'static [usize],
    /// Of a hundred ids, how many are created to begin with, and of these how many for all days.
    pub made: u32,
    pub lasting: u32,
    /// Of a hundred fields that may be empty, how many are not.
    pub filled: u32,
    /// Units stand only under units with a higher number, so that there are no circles.
    pub acyclic: bool,
    /// Commands say now and then what is to happen to dependents.
    pub dependents: bool,
    /// In a hundred: what cannot be, such as an id of another kind, an empty name, too large a number.
    pub odd: u32,
}

impl Pools {
    fn count(&self, kind: Kind) -> usize {
        self.ids.get(&kind).copied().unwrap_or(0)
    }

    /// A few commands.
    pub fn commands(&self, most: usize) -> BoxedStrategy<Vec<Command>> {
        prop::collection::vec(self.command(), 1..=most).boxed()
    }

    /// For most ids, in the order of kinds, a command that creates it on some days, often all, and that no precondition
    /// stops.
    pub fn creations(&self) -> BoxedStrategy<Vec<Command>> {
        let pools = Pools { odd: 0, acyclic: true, ..self.clone() };
        let all = pools.all_creations();
        let made = prop::collection::vec(
            prop::bool::weighted(f64::from(self.made) / 100.0),
            self.ids.values().sum::<usize>(),
        );
        (all, made)
            .prop_map(|(all, made)| {
                all.into_iter().zip(made).filter(|(_, made)| *made).map(|(command, _)| command).collect()
            })
            .boxed()
    }

    fn all_creations(&self) -> BoxedStrategy<Vec<Command>> {
        let window = self.window;
        let all = self.ids.iter().flat_map(|(kind, count)| (0..*count).map(move |n| (*kind, n)));
        let creations: Vec<BoxedStrategy<Command>> = all
            .map(|(kind, n)| {
                let object = ObjectRef { kind, id: id(kind, n) };
                let (lasting, passing) = (self.lasting.max(1), 100 - self.lasting);
                let period =
                    prop_oneof![lasting => Just(window.period(0, window.len())), passing => self.period()];
                let create = move |(period, state)| Command::Create { object, period, state };
                (period, self.state(kind, n)).prop_map(create).boxed()
            })
            .collect();
        creations.boxed()
    }

    /// One command.
    pub fn command(&self) -> BoxedStrategy<Command> {
        let by_kind: Vec<BoxedStrategy<Command>> =
            self.addressed.iter().map(|kind| self.command_of(*kind)).collect();
        proptest::strategy::Union::new(by_kind).boxed()
    }

    fn command_of(&self, kind: Kind) -> BoxedStrategy<Command> {
        let pools = self.clone();
        (0..self.count(kind)).prop_flat_map(move |n| pools.command_on(kind, n)).boxed()
    }

    fn command_on(&self, kind: Kind, n: usize) -> BoxedStrategy<Command> {
        let window = self.window;
        let objects = self.object(kind, n);
        let object = move || objects.clone();
        let (state, patch) = (self.state(kind, n), self.patch(kind, n));
        let day = self.day().prop_map(move |day| window.day(day));
        let any_day = (0..=window.last).prop_map(move |day| window.day(day));
        let create = (object(), self.period(), state.clone())
            .prop_map(|(object, period, state)| Command::Create { object, period, state });
        let change = (object(), day.clone(), patch.clone())
            .prop_map(|(object, from, patch)| Command::Change { object, from, patch });
        let set = (object(), self.period(), patch.clone()).prop_map(|(object, period, patch)| Command::Set {
            object,
            period,
            patch,
        });
        let correct =
            (object(), any_day, patch).prop_map(|(object, on, patch)| Command::Correct { object, on, patch });
        let end = (object(), day.clone(), self.says()).prop_map(|(object, from, dependents)| Command::End {
            object,
            from,
            dependents,
        });
        let suspend = (object(), self.period(), self.says())
            .prop_map(|(object, period, dependents)| Command::Suspend { object, period, dependents });
        let extend =
            (object(), self.period()).prop_map(|(object, period)| Command::Extend { object, period });
        let shift = (object(), self.period(), self.period(), self.says())
            .prop_map(|(object, old, new, dependents)| Command::Shift { object, old, new, dependents });
        let pieces = prop::collection::vec((self.cuts(), state), 0..=3);
        let replace = (object(), pieces, self.says(), self.some_odd()).prop_map(
            move |(object, mut pieces, dependents, odd)| {
                // Mostly free of overlap: each piece begins where the one before ended, or later.
                pieces.sort_by_key(|((from, _), _)| *from);
                let mut timeline: Vec<(Period, Fields)> = Vec::new();
                let mut begin = 0;
                for ((from, until), state) in pieces {
                    let from = if odd { from } else { from.max(begin) };
                    if from < until {
                        timeline.push((window.period(from, until), state));
                        begin = until;
                    }
                }
                timeline.reverse();
                Command::Replace { object, timeline, dependents }
            },
        );
        let delete =
            (object(), self.says()).prop_map(|(object, dependents)| Command::Delete { object, dependents });
        let mut all = vec![
            (4, create.boxed()),
            (5, change.boxed()),
            (4, set.boxed()),
            (4, correct.boxed()),
            (2, end.boxed()),
            (3, suspend.boxed()),
            (3, extend.boxed()),
            (3, shift.boxed()),
            (3, replace.boxed()),
            (1, delete.boxed()),
        ];
        if kind == Kind::Unit && self.count(Kind::Hierarchy) > 0 {
            all.push((6, self.moves(n)));
        }
        proptest::strategy::Union::new_weighted(all).boxed()
    }

    /// `move` and `leave`.
    fn moves(&self, n: usize) -> BoxedStrategy<Command> {
        let window = self.window;
        let unit = id(Kind::Unit, n).into();
        let hierarchy = self.reference(Kind::Hierarchy, None);
        let until = prop::option::of(self.day());
        (hierarchy, self.placement(n), self.day(), until, prop::bool::weighted(0.3))
            .prop_map(move |(hierarchy, to, from, until, leave)| {
                let (from, until) = match until {
                    Some(until) if until < from => (until, Some(from)),
                    Some(until) if until == from => (from, None),
                    other => (from, other),
                };
                let (from, until) = (window.day(from), until.map(|until| window.day(until)));
                let hierarchy = hierarchy.into();
                match to {
                    Value::Id(parent) if !leave => {
                        Command::Move { unit, hierarchy, to: Placement::Under(parent.into()), from, until }
                    }
                    _ if !leave => Command::Move { unit, hierarchy, to: Placement::Root, from, until },
                    _ => Command::Leave { unit, hierarchy, from, until },
                }
            })
            .boxed()
    }

    fn some_odd(&self) -> BoxedStrategy<bool> {
        prop::bool::weighted(f64::from(self.odd) / 100.0).boxed()
    }

    /// The object; now and then under a kind it is not, so that ids of two kinds meet.
    fn object(&self, kind: Kind, n: usize) -> BoxedStrategy<ObjectRef> {
        let other: Vec<Kind> = self.addressed.iter().copied().filter(|other| *other != kind).collect();
        (self.some_odd(), select(other), 0..3usize)
            .prop_map(move |(odd, other, m)| {
                if odd { ObjectRef { kind, id: id(other, m) } } else { ObjectRef { kind, id: id(kind, n) } }
            })
            .boxed()
    }

    fn says(&self) -> BoxedStrategy<Option<Dependents>> {
        if self.dependents {
            let said = select(vec![Dependents::Refuse, Dependents::Cascade, Dependents::Vacate]);
            prop::option::weighted(0.4, said).boxed()
        } else {
            Just(None).boxed()
        }
    }

    /// A day; often one of a few, so that ends meet.
    fn day(&self) -> BoxedStrategy<usize> {
        let step = (self.window.last / 5).max(2);
        let few: Vec<usize> = (1..=self.window.last).step_by(step).collect();
        prop_oneof![2 => select(few), 1 => 1..=self.window.last].boxed()
    }

    /// Two ends, the later one behind the earlier.
    fn cuts(&self) -> BoxedStrategy<(usize, usize)> {
        let len = self.window.len();
        let from = prop_oneof![1 => Just(0), 4 => self.day()];
        let until = prop_oneof![1 => Just(len), 3 => self.day()];
        (from, until)
            .prop_map(move |(from, until)| match from.cmp(&until) {
                std::cmp::Ordering::Less => (from, until),
                std::cmp::Ordering::Greater => (until, from),
                std::cmp::Ordering::Equal => (from - 1, until),
            })
            .boxed()
    }

    /// A period.
    pub fn period(&self) -> BoxedStrategy<Period> {
        let window = self.window;
        self.cuts().prop_map(move |(from, until)| window.period(from, until)).boxed()
    }

    /// The id of an object of the kind; now and then of another, or one that names nothing. Of classes mostly one of the
    /// facet.
    fn reference(&self, kind: Kind, facet: Option<&str>) -> BoxedStrategy<Uuid> {
        let fitting = facet.map(self.classes).filter(|classes| !classes.is_empty() && kind == Kind::Class);
        let count = self.count(kind).max(1);
        let number = match fitting {
            Some(classes) => prop_oneof![15 => select(classes), 1 => 0..count].boxed(),
            None => (0..count).boxed(),
        };
        (self.some_odd(), number, select(self.addressed.clone()), 0..9usize)
            .prop_map(move |(odd, n, other, m)| if odd { id(other, m) } else { id(kind, n) })
            .boxed()
    }

    fn placement(&self, n: usize) -> BoxedStrategy<Value> {
        let units = self.count(Kind::Unit);
        let least = if self.acyclic { n + 1 } else { 0 };
        if least >= units {
            return Just(Value::Root).boxed();
        }
        let under = (least..units).prop_map(|unit| Value::Id(id(Kind::Unit, unit)));
        prop_oneof![1 => Just(Value::Root), 3 => under].boxed()
    }

    fn value(&self, kind: Kind, n: usize, field: &'static FieldSpec) -> BoxedStrategy<Value> {
        let any = self.any_value(kind, n, field);
        match (self.own)(kind, n, field.name) {
            Some(own) => prop_oneof![9 => Just(own), 1 => any].boxed(),
            None => any,
        }
    }

    fn any_value(&self, kind: Kind, n: usize, field: &'static FieldSpec) -> BoxedStrategy<Value> {
        match field.value {
            ValueType::Text => {
                let texts = (self.texts)(kind, field.name);
                (self.some_odd(), select(texts))
                    .prop_map(|(odd, text)| Value::Text(if odd { "" } else { text }.into()))
                    .boxed()
            }
            ValueType::Cpr => {
                select(CPR_NUMBERS.to_vec()).prop_map(|number| Value::Cpr(number.parse().unwrap())).boxed()
            }
            ValueType::Day => {
                select(vec![self.window.day(1), self.window.day(2)]).prop_map(Value::Day).boxed()
            }
            ValueType::Number(limit) => (self.some_odd(), select(vec![0, 5, limit]))
                .prop_map(move |(odd, number)| Value::Number(if odd { limit + 1 } else { number }))
                .boxed(),
            ValueType::Flag => Just(Value::True).boxed(),
            ValueType::Choice(words) => select(words).prop_map(Value::Choice).boxed(),
            ValueType::Ref(kind) => self.reference(kind, field.facet).prop_map(Value::Id).boxed(),
            ValueType::Placement => self.placement(n),
            _ => unreachable!("every type of value is drawn"),
        }
    }

    fn key(&self, key: KeyType, facet: Option<&str>) -> BoxedStrategy<Key> {
        match key {
            KeyType::Text => select(vec!["sd", "ad", "fk"]).prop_map(|text| Key::Text(text.into())).boxed(),
            KeyType::Ref(kind) => self.reference(kind, facet).prop_map(Key::Id).boxed(),
            KeyType::Choice(words) => select(&words[..words.len().min(3)]).prop_map(Key::Choice).boxed(),
            _ => unreachable!("every type of key is drawn"),
        }
    }

    fn member(&self, field: &'static FieldSpec) -> BoxedStrategy<Key> {
        match field.value {
            ValueType::Ref(kind) => self.key(KeyType::Ref(kind), field.facet),
            ValueType::Choice(words) => self.key(KeyType::Choice(words), None),
            _ => self.key(KeyType::Text, None),
        }
    }

    /// A slot of the field with a value.
    fn entry(
        &self,
        kind: Kind,
        n: usize,
        index: u8,
        field: &'static FieldSpec,
    ) -> BoxedStrategy<(Slot, Value)> {
        match field.shape {
            Shape::One => self.value(kind, n, field).prop_map(move |v| (Slot::one(index), v)).boxed(),
            Shape::Set => {
                self.member(field).prop_map(move |key| (Slot::keyed(index, key), Value::True)).boxed()
            }
            Shape::Map(key) => (self.key(key, None), self.value(kind, n, field))
                .prop_map(move |(key, value)| (Slot::keyed(index, key), value))
                .boxed(),
            _ => unreachable!("every shape is drawn"),
        }
    }

    /// A state of the `n`th object of a kind.
    pub fn state(&self, kind: Kind, n: usize) -> BoxedStrategy<Fields> {
        let spec = kind.spec();
        let pair = spec.exactly_one;
        let filled_share = self.filled;
        let fields: Vec<BoxedStrategy<Vec<(Slot, Value)>>> = (0u8..)
            .zip(spec.fields)
            .map(|(index, field)| {
                let entry = self.entry(kind, n, index, field);
                let (least, most) = if field.shape == Shape::One { (1, 1) } else { (1, 2) };
                let filled = prop::collection::vec(entry, least..=most);
                let half = pair.is_some_and(|(one, other)| index == one || index == other);
                let placed = field.value == ValueType::Placement;
                // In four hundred: how often the field has no value.
                let empty = match field.mandatory || half {
                    true => self.odd,
                    false if placed => 80,
                    false => 400 - 4 * filled_share,
                };
                (0..400u32, filled)
                    .prop_map(move |(chance, filled)| if chance < empty { Vec::new() } else { filled })
                    .boxed()
            })
            .collect();
        (fields, 0..40u32, 0..100u32)
            .prop_map({
                let odd = self.odd;
                move |(fields, half, chance)| {
                    let mut state = Fields::new();
                    for (slot, value) in fields.into_iter().flatten() {
                        state.put(slot, value);
                    }
                    if let Some((one, other)) = pair
                        && chance >= odd
                    {
                        state.clear(&Slot::one(if half < 20 { one } else { other }));
                    }
                    state
                }
            })
            .boxed()
    }

    /// One to three changes of the `n`th object of a kind.
    pub fn patch(&self, kind: Kind, n: usize) -> BoxedStrategy<Vec<FieldChange>> {
        let spec = kind.spec();
        let odd = self.odd;
        let pools = self.clone();
        let fields: Vec<(u8, &'static FieldSpec)> = (0u8..).zip(spec.fields).collect();
        let one = select(fields)
            .prop_flat_map(move |(index, field)| {
                let entry = pools.entry(kind, n, index, field);
                let members = if field.shape == Shape::Set {
                    prop::collection::btree_set(pools.member(field), 0..=2).boxed()
                } else {
                    Just(BTreeSet::new()).boxed()
                };
                (entry, members, 0..10u32, 0..100u32).prop_map(
                    move |((slot, value), members, what, chance)| {
                        let keeps = field.mandatory && chance >= odd;
                        match what {
                            0..2 if field.shape == Shape::Set && !(keeps && members.is_empty()) => {
                                vec![FieldChange::Members(index, members)]
                            }
                            2..5 if !keeps => match spec.exactly_one {
                                Some((one, other)) if (index == one || index == other) && chance >= odd => {
                                    Vec::new()
                                }
                                _ => vec![FieldChange::Clear(slot)],
                            },
                            _ => {
                                let other = match spec.exactly_one {
                                    Some((one, other)) if index == one => Some(other),
                                    Some((one, other)) if index == other => Some(one),
                                    _ => None,
                                };
                                let cleared =
                                    other.filter(|_| chance >= odd).map(Slot::one).map(FieldChange::Clear);
                                cleared.into_iter().chain([FieldChange::Put(slot, value)]).collect()
                            }
                        }
                    },
                )
            })
            .boxed();
        prop::collection::vec(one, 1..=3).prop_map(|changes| changes.into_iter().flatten().collect()).boxed()
    }
}
