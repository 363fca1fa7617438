//! What the registry answers: the same questions about different days, and as known at different moments. Every function
//! asks one question and prints the answer.

use std::io::{self, Write};

use mo_core::delta::{DeltaChange, ObjectDelta, Why};
use mo_core::draw::Gantt;
use mo_core::hierarchy::ManagerQuery;
use mo_core::model::{
    Class, Engagement, Hierarchy, HierarchyId, Kind, ManagerId, Person, PersonId, Unit, UnitId, UnitLink,
    Value,
};
use mo_core::state::{Snapshot, View};
use mo_core::time::{Copenhagen, Day, DayError, Instant, Zone};
use mo_core::timeline::Timeline;

use super::load::id;

/// Everything, in the order in which it is best read.
pub fn tell(registry: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    let day = |text: &str| text.parse::<Day>().map_err(io::Error::other);
    let instant = |text: &str| text.parse::<Instant>().map_err(io::Error::other);

    heading(out, "How large it was")?;
    sizes(out, registry, &[day("2016-06-01")?, day("2019-06-01")?, day("2022-06-01")?, day("2025-06-01")?])?;

    heading(out, "The line organisation on two days")?;
    let (then, now) = (registry.at(day("2016-06-01")?), registry.at(day("2025-12-01")?));
    trees(out, [&then, &now], id("u-korsbaek"))?;

    heading(out, "One day, as believed earlier and as known now")?;
    let now = registry.at(day("2019-10-01")?);
    let then = registry.as_known(instant("2019-02-01T00:00:00Z")?).at(now.day());
    trees(out, [&then, &now], id("u-born"))?;

    heading(out, "Two views compared, and why they differ")?;
    let then = registry.as_known(instant("2020-08-01T00:00:00Z")?).at(day("2020-08-01")?);
    differences(out, &then, &registry.at(day("2021-03-01")?))?;

    heading(out, "One unit in every hierarchy, and who worked there")?;
    places(out, &registry.at(day("2025-06-01")?), id("u-nord"))?;

    heading(out, "Everything ever believed about one unit")?;
    beliefs(out, registry, id("u-social"))?;

    heading(out, "Who led what when")?;
    let units = ["u-korsbaek", "u-syd", "u-vest", "u-hj-midt", "u-enghave"].map(id);
    let days = [day("2018-08-15")?, day("2020-06-01")?, day("2023-04-01")?, day("2025-12-01")?];
    leaders(out, registry, &units, &days)?;
    seat(out, registry, id("m-syd"))
}

/// Pictures as SVG, by name: the line organisation, what was ever believed about one unit, and who led some units.
pub fn pictures(registry: &Snapshot) -> Result<[(&'static str, String); 3], DayError> {
    let line = registry.at("2025-12-01".parse()?).draw_tree(id("h-line")).up_to(100);
    let beliefs = registry.draw_history(id::<UnitId>("u-social"));
    let mut leaders = Gantt::new();
    for key in ["korsbaek", "syd", "vest", "klima"] {
        let (unit, seat): (UnitId, ManagerId) = (id(&format!("u-{key}")), id(&format!("m-{key}")));
        let name = registry.timeline(unit).last().map_or(String::new(), |(_, unit)| unit.name.to_string());
        leaders = leaders.row(name, &held(registry, seat));
    }
    Ok([("line", line.to_svg()), ("beliefs", beliefs.to_svg()), ("leaders", leaders.to_svg())])
}

/// A headline.
pub fn heading(out: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(out, "\n{text}\n{}", "=".repeat(text.chars().count()))
}

/// Units by hierarchy and people by terms of work, one column per day.
fn sizes(out: &mut dyn Write, registry: &Snapshot, days: &[Day]) -> io::Result<()> {
    let views: Vec<View> = days.iter().map(|day| registry.at(*day)).collect();
    writeln!(out, "{:26}{}", "", days.iter().map(|day| format!("{day:>12}")).collect::<String>())?;
    let mut row = |what: &str, count: &dyn Fn(&View) -> usize| {
        let counts: String = views.iter().map(|view| format!("{:>12}", count(view))).collect();
        writeln!(out, "{what:<26}{counts}")
    };
    for key in ["h-line", "h-lon", "h-med", "h-pro"] {
        let hierarchy: HierarchyId = id(key);
        let stands = |view: &View| {
            view.roots(hierarchy).into_iter().map(|root| 1 + view.count(hierarchy, root)).sum::<usize>()
        };
        let name = views.first().and_then(|view| view.field(hierarchy, Hierarchy::NAME));
        row(&format!("units, {}", name.unwrap_or_default()), &stands)?;
    }
    for key in ["c-eng-ansat", "c-eng-time", "c-eng-ekstern", "c-eng-frivillig", "c-eng-elev"] {
        let terms = id(key);
        let name = views.first().and_then(|view| view.field(terms, Class::NAME)).unwrap_or_default();
        row(&name, &|view| view.find(Engagement::ENGAGEMENT_TYPE, terms).len())?;
    }
    Ok(())
}

/// The tree below a unit as two views see it, side by side.
pub fn trees(out: &mut dyn Write, views: [&View; 2], top: UnitId) -> io::Result<()> {
    let [left, right] = views.map(|view| {
        let mut lines = vec![seen(view), String::new(), name(view, top)];
        branch(view, top, "", &mut lines);
        lines
    });
    for line in 0..left.len().max(right.len()) {
        let text = |side: &[String]| side.get(line).cloned().unwrap_or_default();
        writeln!(out, "{}", format!("{:<50}{}", text(&left), text(&right)).trim_end())?;
    }
    Ok(())
}

fn branch(view: &View, unit: UnitId, indent: &str, lines: &mut Vec<String>) {
    let mut children = view.children(id("h-line"), unit).into_iter().peekable();
    while let Some(child) = children.next() {
        let (tick, below) = if children.peek().is_some() { ("├─ ", "│  ") } else { ("└─ ", "   ") };
        lines.push(format!("{indent}{tick}{}", name(view, child)));
        branch(view, child, &format!("{indent}{below}"), lines);
    }
}

/// The units that differ between two views, with the reason.
fn differences(out: &mut dyn Write, then: &View, now: &View) -> io::Result<()> {
    writeln!(out, "from {} to {}\n", seen(then), seen(now))?;
    let units = then.delta_to(now).into_iter().filter(|difference| difference.object.kind == Kind::Unit);
    for ObjectDelta { object, change, .. } in units {
        let unit = UnitId::from(object.id);
        match change {
            DeltaChange::Added(why) => writeln!(out, "+ {} {}", name(now, unit), because(why))?,
            DeltaChange::Removed(why) => writeln!(out, "- {} {}", name(then, unit), because(why))?,
            DeltaChange::Changed(fields) => {
                for field in fields {
                    let spec = Kind::Unit.spec().fields.get(usize::from(field.slot.field));
                    let (before, after) = (shown(then, field.before), shown(now, field.after));
                    let (unit, what) = (name(then, unit), spec.map_or("", |spec| spec.name));
                    writeln!(out, "  {unit}, {what}: {before} → {after} {}", because(field.why))?;
                }
            }
        }
    }
    Ok(())
}

fn because(why: Why) -> String {
    format!("({}{})", why.reason.name(), if why.foreseen { ", foreseen" } else { "" })
}

fn shown(view: &View, value: Option<Value>) -> String {
    match value {
        Some(Value::Text(text)) => text.to_string(),
        Some(Value::Id(unit)) => name(view, unit.into()),
        Some(Value::Root) => "root".to_owned(),
        _ => "nothing".to_owned(),
    }
}

/// The way down to a unit in each hierarchy, what it is linked to, and the people engaged there.
fn places(out: &mut dyn Write, view: &View, unit: UnitId) -> io::Result<()> {
    writeln!(out, "{}, {}\n", name(view, unit), seen(view))?;
    for hierarchy in view.all::<Hierarchy>() {
        let path: Vec<String> = view.path(hierarchy, unit).into_iter().map(|unit| name(view, unit)).collect();
        if !path.is_empty() {
            let of = view.field(hierarchy, Hierarchy::NAME).unwrap_or_default();
            writeln!(out, "{of}: {}", path.join(" / "))?;
        }
    }
    for link in view.referrers(unit, UnitLink::TO).into_iter().filter_map(|link| view.get(link)) {
        writeln!(out, "link ({}): {}", link.link_use, name(view, link.from))?;
    }
    writeln!(out)?;
    for engagement in view.referrers(unit, Engagement::UNIT).into_iter().filter_map(|e| view.get(e)) {
        let job = engagement.job_function.and_then(|job| view.field(job, Class::NAME)).unwrap_or_default();
        writeln!(out, "{:<26}{job}", person(view, engagement.person))?;
    }
    Ok(())
}

/// The rectangles of a unit's history, drawn and in words: on these days, as known from then until then, this name.
fn beliefs(out: &mut dyn Write, registry: &Snapshot, unit: UnitId) -> io::Result<()> {
    writeln!(out, "{}", registry.draw_history(unit))?;
    writeln!(out, "{:<28}{:<14}{:<14}name", "valid", "known from", "known until")?;
    for rectangle in registry.history(unit) {
        let from = Copenhagen.day_of(rectangle.known_from.registered_at);
        let until = rectangle
            .known_until
            .map_or(String::new(), |stamp| Copenhagen.day_of(stamp.registered_at).to_string());
        let (valid, name) = (rectangle.valid, rectangle.state.name);
        writeln!(out, "{valid:<28}{from:<14}{until:<14}{name}")?;
    }
    Ok(())
}

/// The nearest leaders of some units on some days, where a unit has none those of the first unit above that has.
fn leaders(out: &mut dyn Write, registry: &Snapshot, units: &[UnitId], days: &[Day]) -> io::Result<()> {
    let nearest = ManagerQuery::default().inherit(true);
    for day in days {
        writeln!(out, "{day}")?;
        let view = registry.at(*day);
        for unit in units.iter().copied().filter(|unit| view.exists(*unit)) {
            for seat in view.managers(id("h-line"), unit, nearest) {
                let who = seat.person.map_or("vacant".to_owned(), |who| person(&view, who));
                let from = if seat.unit == unit {
                    String::new()
                } else {
                    format!(", of {}", name(&view, seat.unit))
                };
                writeln!(out, "  {:<32}{who}{from}", name(&view, unit))?;
            }
        }
    }
    Ok(())
}

/// Who held one leadership, over all days.
fn seat(out: &mut dyn Write, registry: &Snapshot, manager: ManagerId) -> io::Result<()> {
    writeln!(out, "\nThe leadership of one school over all days:")?;
    write!(out, "{}", held(registry, manager))
}

/// The names of those who hold a leadership, as a timeline.
fn held(registry: &Snapshot, manager: ManagerId) -> Timeline<String> {
    let seats = registry.timeline(manager);
    let named = seats.iter().map(|(period, seat)| {
        let view = registry.at(period.from().unwrap_or(Day::MIN));
        (period, seat.person.map_or("vacant".to_owned(), |who| person(&view, who)))
    });
    Timeline::from_pieces(named).unwrap_or_default()
}

/// Which view this is: both its times.
fn seen(view: &View) -> String {
    match view.snapshot().stamp() {
        Some(stamp) if view.snapshot().is_settled() => {
            format!("{} as registered until {}", view.day(), Copenhagen.day_of(stamp.registered_at))
        }
        _ => format!("{} as known now", view.day()),
    }
}

fn name(view: &View, unit: UnitId) -> String {
    view.field(unit, Unit::NAME).map_or_else(|| "?".to_owned(), |name| name.to_string())
}

fn person(view: &View, person: PersonId) -> String {
    let part = |field| view.field(person, field).unwrap_or_default();
    format!("{} {}", part(Person::GIVEN_NAME), part(Person::SURNAME))
}
