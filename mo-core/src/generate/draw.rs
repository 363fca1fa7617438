//! What the generator draws with: numbers from a seed, the same in every version, ids, and names that are plainly made up.

use uuid::{Builder, Uuid};

/// Numbers that look drawn (`SplitMix64`, Steele, Lea and Flood 2014). Own code, so that a seed keeps its municipality.
#[derive(Debug)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64) -> Draw {
        Draw(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, or 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let wide = u128::from(self.next()) * limit as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number of days in `low..high`.
    pub(super) fn days(&mut self, low: i32, high: i32) -> i32 {
        let span = usize::try_from(high - low).unwrap_or(0);
        low + i32::try_from(self.below(span)).unwrap_or(0)
    }

    /// Yes, so many times in a thousand.
    pub(super) fn in_thousand(&mut self, times: usize) -> bool {
        self.below(1000) < times
    }

    pub(super) fn one_of<T: Copy>(&mut self, of: &[T], otherwise: T) -> T {
        of.get(self.below(of.len())).copied().unwrap_or(otherwise)
    }

    pub(super) fn id(&mut self) -> Uuid {
        let (high, low) = (self.next(), self.next());
        Builder::from_random_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes()).into_uuid()
    }

    pub(super) fn unit_name(&mut self) -> String {
        let (kind, place) = (self.one_of(KINDS, "Enhed"), self.one_of(PLACES, "Korsbæk"));
        match self.below(4) {
            0 => format!("{kind} {place} {}", self.below(40) + 1),
            _ => format!("{kind} {place}"),
        }
    }

    pub(super) fn given_name(&mut self) -> &'static str {
        self.one_of(GIVEN, "Pia")
    }

    pub(super) fn surname(&mut self) -> &'static str {
        self.one_of(SURNAMES, "Korsbæk")
    }
}

const KINDS: &[&str] = &[
    "Afdeling",
    "Aktivitetscenter",
    "Biblioteket",
    "Bofællesskabet",
    "Børnehuset",
    "Center",
    "Dagplejen",
    "Døgnplejen",
    "Indkøb",
    "Jobcenter",
    "Kontoret",
    "Køkkenet",
    "Musikskolen",
    "Plejecenter",
    "Sekretariatet",
    "Skolen",
    "Sundhedshuset",
    "Team",
    "Vej og Park",
    "Værkstedet",
    "Økonomi",
    "Ældrecenter",
];
const PLACES: &[&str] = &[
    "Aaløkken",
    "Bøgely",
    "Elmehaven",
    "Engdraget",
    "Fjordvang",
    "Gefion",
    "Havnen",
    "Kilden",
    "Korsbæk Midt",
    "Lærken",
    "Mølledam",
    "Nørrevang",
    "Skansen",
    "Solsikken",
    "Søndermark",
    "Toften",
    "Vestre Skov",
    "Ydre Mark",
    "Æblehaven",
    "Ørebakken",
    "Østergård",
    "Åbrinken",
    "Ådalen",
];
const GIVEN: &[&str] = &[
    "Agnes", "Aksel", "Bodil", "Carl", "Ditte", "Emil", "Freja", "Gustav", "Hanne", "Ib", "Jytte", "Karl",
    "Lærke", "Mads", "Nanna", "Oskar", "Pia", "Rikke", "Søren", "Tove", "Ulla", "Vagn", "Ylva", "Zita",
    "Ærlig", "Østen", "Åse",
];
const SURNAMES: &[&str] = &[
    "Aaprøve",
    "Bænkebider",
    "Dukkeby",
    "Eksempelsen",
    "Fabelstrup",
    "Gadespejl",
    "Hulemose",
    "Korsbæk",
    "Legemand",
    "Månestråle",
    "Nissedal",
    "Opdigt",
    "Prøvesten",
    "Skyggedal",
    "Tankespind",
    "Ventegodt",
    "Æventyr",
    "Ørkesløs",
    "Åndeløs",
];
