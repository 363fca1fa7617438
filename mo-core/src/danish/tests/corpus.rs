//! Some fifty thousand names made of Danish parts: persons, departments, places and roads, in the spellings and
//! cases that registries hold. No one in particular is meant.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::order::cldr;
use crate::danish::{compare, sort_key};

const GIVEN: &str = "Aage Åge AAGE Aase Åse Aasta Adéle Adele Agnes Aksel Axel Albert Alma Anders Andreas André Ane Anette \
    Anja Ann Ann-Sofie Anna Anne Anne-Grethe Anne-Marie Annemarie Asbjørn Asger Asta Astrid Bente Birgit Birgitte Bjarke \
    Bjarne Bjørn Bo Bodil Børge Carl Karl Cäcilie Cecilie Chloé Dorthe Dorte Ejnar Einar Ejvind Eivind Elin Ellen Else Elsebeth \
    Emil Erik Eric Erica Esben Eva Finn Flemming Freja Frej Frida Gert Grethe Grete Gunnar Gyrithe Götz Hakon Haakon Håkon \
    Hanne Hans Hans-Jørgen Hans-Peter Helge Helle Henrik Hjørdis Holger Ib Ida Inga Inge Inger Ingrid Iver Ivar Jacob Jakob \
    Jens Jeppe Jesper Jette Johannes Jon Jonas Jørgen Jørn Jürgen Kai Kaj Kåre Kaare Karen Karin Katrine Cathrine Kathrine \
    Kirsten Kjeld Keld Knud Kristian Christian Kristoffer Christoffer Lærke Lars Lauritz Laurits Leif Lene Lis Lise Lone Louise \
    Mads Magnus Maj Maja Malene Måns Maren Margrethe Maria Marie Marius Martin Mathilde Matthæus Mette Mia Michael Mikael \
    Mikkel Mogens Morten Nadja Naja Nana Niels Nils Noah Nóra Ólafur Oda Ole Oluf Oskar Otto Paaske Palle Paul Per Pernille \
    Peter Petra Pia Poul Povl Pål Ragnhild Rasmus René Renée Rikke Rosa Rúna Sandra Sara Sarah Sidsel Signe Sigrid Sigríður \
    Simon Siv Sofie Sophie Søren Sören Stig Susanne Svend Sven Sylvester Sólrún Thea Theis Thomas Thor Þór Tor Thorbjørn \
    Torbjørn Thyge Thyra Tobias Tove Troels Trine Tæsbjørn Uffe Ulla Ulrik Ursula Vagn Valborg Valdemar Vibeke Viggo Vilhelm \
    Wilhelm Villads Walter Yrsa Yvonne Zacharias Zarah Zoë Ægir Ærlig Øjvind Øivind Ørn Østen Åke Ådne";

const SURNAMES: &str = "Aa Aaberg Åberg Aabo Åbo AABY Aaby Aabye Åby Aagaard Aagard Ågård Aagesen Aakjær Åkjær Aalund Ålund \
    Aamand Abel Abildgaard Abildgård Abrahamsen Adamsen Agerskov Ahmed Albrechtsen Andersen ANDERSEN Andersson Andreasen Arp \
    Baagøe Baagø Bågø Bach Bak Balle Bang Bech Bæk Beck Berg Bertelsen Birk Bjerg Bjerregaard Bjerregård Bjerre Bjerre-Lund \
    Blaa Blå Boe Bøe Bødker Böttcher Brandt Bro Brøndum Brøndsted Brun Bruun Buch Bæch Børgesen Čapek Carlsen Christensen \
    Kristensen Christiansen Claussen Clausen d'Arcy D’Arcy Daa Då Dahl Dahl-Jensen Dahlgaard Dal Dam Damgaard Damgård de_Neergaard \
    Den Đorđević Due Døssing Dyhr Düring Ege Egede Eriksen Ericsen Eskildsen Faaborg Fåborg Faarup Falk Fisker Fjord Frost \
    Fønss Førsøn Gaard Gaarde Gård Garð Gregersen Grøn Grön Gräs Grønbæk Grønbech Gundersen Guðmundsson Haagen Haahr Hår Hald \
    Halkjær Hallgrímsdóttir Hansen hansen HANSEN Hansen-Bach Hansen_Bach Hansson Haugaard Haugård Hede Hedegaard Heise Hejlesen \
    Holm Holm-Nielsen Holmgaard Hölzer Højgaard Højgård Høeg Høgh Høg Høj Hvid Hvidt Ibsen Iversen Jacobsen Jakobsen Jensen \
    Jensén Jepsen Jespersen Johansen Johannesen Johansson Juhl Juul Jul Jønsson Jørgensen Jórunnsdóttir Kaae Kaas Kås Kjær \
    Kjaer Kjærgaard Kjeldsen Klint Klitgaard Knudsen Koch Kofoed Kofod Kragh Krag Kristiansen Krogh Krog Krøyer Kühl Kyhl Køhler \
    Köhler Larsen Lassen Laursen Lauridsen Lehmann Lind Lindegaard Lund Lund-Andersen Lundgaard Lykke Løgstrup Łukasik Maagaard \
    Madsen Maersk Mærsk Magnussen Markussen Mathiasen Matthiesen Mikkelsen Michelsen Mogensen Mortensen Munch Munk Muñoz Myhre \
    Møller Möller Moeller Müller Mygind Mynster Naa Nielsen Nilsen Nissen Nordentoft Norðoy Nygaard Nygård Nørgaard Nørgård \
    Nørregaard Nørskov O'Brien O’Brien Obel Odgaard Olesen Olsen Ottesen Overgaard Paaby Paasch Pedersen Petersen Pettersen \
    Poulsen Povlsen Prahl Præst Quaade Quist Raaby Råby Raben Rahbek Rasmussen Ravn Riis Ring Rohde Rosenkrantz Roß Ross Rossing \
    Rud Ruud Rytter Rømer Saaby Sandholm Schack Schmidt Schou Schøler Schultz Schütz Seidelin Simonsen Skaarup Skårup Skov \
    Skovgaard Smed Šimić Sørensen Sörensen Staal Stål Steen Sten Stenbæk Storm Straarup Strøm Svane Svendsen Søgaard Søgård \
    Sønderby Thaarup Tårup Therkildsen Thomsen Thorsen Thuesen Tofte Toft Þórsdóttir Tønder Tönnies Tørring Uhd Uldall Ullits \
    Urup Vad Vang van_der_Aa Vedel Vestergaard Vestergård Vilhelmsen Villadsen Villumsen Vinther Vind von_Aspern Voss Wad Wagner \
    Wang Wedel Wiese Wind Winther With Wolff Wulff Yde Ydegaard Ypsilanti Zachariassen Zahle Zangenberg Zeuthen Zøllner Æbelø \
    Ægidius Ærø Ærøskøbing Øberg Öberg Ødegaard Øhlenschlæger Øland Øllgaard Ørberg Ørskov Ørsted Ørum Østerby Østergaard \
    Östergren Østergård Øvlisen Őze Űrben";

const PLACES: &str = "Aabenraa Åbenrå Aakirkeby Åkirkeby Aalborg Ålborg Aalestrup Aarhus Århus Aars Års Aarup Allerød Andst \
    Assens Asaa Ballerup Billund Bogense Bramming Brædstrup Brønderslev Brønshøj Bylderup-Bov Bækmarksbro Børkop Christiansfeld \
    Dragør Ebeltoft Egå Ejby Esbjerg Faaborg Faarevejle Fårevejle Fanø Farsø Fjerritslev Fredericia Frederiks Fåborg Gedser Gilleleje \
    Give Glostrup Grenaa Grenå Græsted Gråsten Gudhjem Haarby Haderslev Hals Hammel Helsingør Herning Hillerød Hjørring Hobro \
    Holbæk Holstebro Horsens Humlebæk Hvidovre Høng Hørsholm Ikast Ishøj Jelling Jægerspris Kalundborg Karup Kerteminde Kolding \
    Korsbæk Korsør Køge Langå Lejre Lemvig Læsø Løgstør Løkken Maribo Marstal Middelfart Møn Nakskov Nexø Nibe Nordborg Nyborg \
    Nykøbing Nysted Næstved Nørager Odder Odense Otterup Præstø Randers Ribe Ringe Ringkøbing Rudkøbing Ry Rødby Rødding Rønne \
    Rønde Saltum Sakskøbing Samsø Silkeborg Skagen Skanderborg Skælskør Skårup Slagelse Sorø Stege Struer Støvring Svaneke Sæby \
    Sønderborg Thisted Tisvilde Tårnby Taastrup Tåstrup Tønder Ulfborg Vamdrup Vejen Vejle Viborg Vordingborg Værløse Ydby Ærø \
    Ærøskøbing Ølgod Ølstykke Ørbæk Ørsta Østbirk Aarø Årø";

const KINDS: &str = "Afdeling|Afdelingen for Børn og Unge|Arbejdsmarked|Bibliotek|Borgerservice|Børnehave|Børn og Unge|Børn & Unge|\
    Børn- og Ungeområdet|Byråd|Center for Ældre|Center 1|Center 10|Center 2|center 2|Dagtilbud|Distrikt A|Distrikt Å|Ejendomme|\
    Folkeskole|Genoptræning|Hjemmepleje|Hjemmepleje (nat)|Hjælpemidler|HR|HR-afdeling|HR og Løn|IT|It-drift|IT & Digitalisering|\
    Jobcenter|Kultur|Kultur og Fritid|Kultur, Fritid|Kultur/Fritid|Kommune|Løn|Miljø|Musikskole|Natur & Miljø|Områdeledelse|Plejehjem|\
    Pædagogik|Rådhus|Skole|Skole-Fritidsordning|SKOLE|Sundhed|Sundhedspleje|Sygepleje|Tandpleje|Teknik|Teknik og Miljø|Ungdomsskole|\
    Vej og Park|Vuggestue|Ældre|Ældre og Sundhed|Ældrecenter|Ø-drift|Økonomi|Økonomi og Løn|Åben Rådgivning|Aabent Værksted";

const ROADS: &str = "Ahornvej|Algade|Bakken|Birkealle|Birkeallé|Bøgevej|Dalgas Boulevard|Egeallé|Enghavevej|Gammel Byvej|Gl. Byvej|\
    H.C. Ørsteds Vej|H. C. Ørsteds Vej|Havnegade|Kirkestræde|Mølleå|Nørregade|Nørre Alle|Nørre Allé|Skt. Annæ Plads|Sankt Annæ Plads|\
    St. Blichers Vej|Strandvejen|Søndergade|Torvet|Vestergade|Ydunsvej|Æblehaven|Ørnevej|Østergade|Åboulevarden|Aaboulevarden|Å Plads";

/// The words of a list; a low line stands for a space within a name.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(|word| word.replace('_', " "))
}

fn phrases(text: &str) -> impl Iterator<Item = &str> {
    text.split('|')
}

/// All names once, in an order that is not the one asked for.
fn names() -> Vec<String> {
    let mut names = BTreeSet::new();
    for (i, given) in words(GIVEN).enumerate() {
        names.extend([given.clone(), given.to_uppercase()]);
        for surname in words(SURNAMES).skip(i % 7).step_by(7) {
            names.insert(format!("{given} {surname}"));
            names.insert(format!("{surname}, {given}"));
        }
    }
    for surname in words(SURNAMES) {
        names.extend([surname.to_uppercase(), surname.to_lowercase(), surname]);
    }
    for place in words(PLACES) {
        names.extend([place.clone(), place.to_uppercase(), place.to_lowercase(), format!("{place}s")]);
        for kind in phrases(KINDS) {
            names.extend([kind.to_owned(), format!("{place} {kind}"), format!("{kind} {place}")]);
        }
        for (number, road) in phrases(ROADS).enumerate() {
            names.extend([format!("{road} {number}, {place}"), format!("{road} {} {place}", number * 7)]);
        }
    }
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_by_key(|name| {
        name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
    });
    names
}

#[test]
fn fifty_thousand_names_stand_in_the_order_of_cldr() {
    let cldr = cldr();
    let names = names();
    assert!(names.len() > 50_000, "{}", names.len());

    let mut expected = names.clone();
    expected.sort_by(|a, b| cldr.compare(a, b));
    let mut compared = names.clone();
    compared.sort_by(|a, b| compare(a, b));
    let mut keyed = names;
    keyed.sort_by_cached_key(|name| sort_key(name));

    assert_eq!(compared, expected);
    assert_eq!(keyed, expected);
    for pair in expected.windows(2) {
        assert_eq!(compare(&pair[0], &pair[1]), Ordering::Less, "{pair:?}");
    }
}

#[test]
fn names_far_apart_compare_as_in_cldr() {
    let cldr = cldr();
    let names = names();
    for step in [1, 2, 3, 101, 1009] {
        for (a, b) in names.iter().zip(names.iter().cycle().skip(step)) {
            assert_eq!(compare(a, b), cldr.compare(a, b), "{a} and {b}");
        }
    }
}
