//! [`Utm32`]: where an address is, as the Danish registers have it (EPSG:25832), and the same place in degrees.

/// A place in ETRS89 / UTM zone 32N (EPSG:25832), in metres.
///
/// ```
/// use mo_serviceplatform::address::Utm32;
///
/// let place = Utm32 { easting: 724_434.93, northing: 6_175_755.61 }.wgs84();
/// assert!((place.latitude - 55.675_627).abs() < 1e-6);
/// assert!((place.longitude - 12.569_578).abs() < 1e-6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct Utm32 {
    /// Metres east, 500,000 on the central meridian.
    pub easting: f64,
    /// Metres north of the equator.
    pub northing: f64,
}

/// A place in degrees. ETRS89 and WGS84 (EPSG:4326) differ by less than a metre, which is not corrected.
///
/// ```
/// use mo_serviceplatform::address::{Utm32, Wgs84};
///
/// let Wgs84 { latitude, longitude } = Utm32 { easting: 500_000.0, northing: 6_200_000.0 }.wgs84();
/// assert!((longitude - 9.0).abs() < 1e-9 && (55.0..57.0).contains(&latitude));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct Wgs84 {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// GRS80 and the projection.
const SEMI_MAJOR: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_222_101;
const SCALE: f64 = 0.9996;
const CENTRAL_MERIDIAN: f64 = 9.0;
const FALSE_EASTING: f64 = 500_000.0;

/// Third flattening and the radius of the rectifying sphere, to its fourth power: below a millimetre in Denmark.
fn ellipsoid() -> (f64, f64) {
    let n = FLATTENING / (2.0 - FLATTENING);
    (n, SEMI_MAJOR / (1.0 + n) * (1.0 + n.powi(2) / 4.0 + n.powi(4) / 64.0))
}

impl Utm32 {
    /// The place, unless both numbers are zero, which stands for an access point that is missing.
    pub(crate) fn known(easting: f64, northing: f64) -> Option<Utm32> {
        let place = easting.is_finite() && northing.is_finite() && (easting, northing) != (0.0, 0.0);
        place.then_some(Utm32 { easting, northing })
    }

    /// The place in degrees: the inverse transverse Mercator projection by Krüger's series (L. Krüger, *Konforme
    /// Abbildung des Erdellipsoids in der Ebene*, 1912), to the fourth power of the third flattening.
    pub fn wgs84(self) -> Wgs84 {
        let (n, radius) = ellipsoid();
        let xi = self.northing / (SCALE * radius);
        let eta = (self.easting - FALSE_EASTING) / (SCALE * radius);
        let beta = [
            n / 2.0 - 2.0 / 3.0 * n.powi(2) + 37.0 / 96.0 * n.powi(3) - n.powi(4) / 360.0,
            n.powi(2) / 48.0 + n.powi(3) / 15.0 - 437.0 / 1440.0 * n.powi(4),
            17.0 / 480.0 * n.powi(3) - 37.0 / 840.0 * n.powi(4),
            4397.0 / 161_280.0 * n.powi(4),
        ];
        let (mut xi_sphere, mut eta_sphere) = (xi, eta);
        for (factor, coefficient) in [2.0, 4.0, 6.0, 8.0].into_iter().zip(beta) {
            xi_sphere -= coefficient * (factor * xi).sin() * (factor * eta).cosh();
            eta_sphere -= coefficient * (factor * xi).cos() * (factor * eta).sinh();
        }
        let chi = (xi_sphere.sin() / eta_sphere.cosh()).asin();
        let delta = [
            2.0 * n - 2.0 / 3.0 * n.powi(2) - 2.0 * n.powi(3) + 116.0 / 45.0 * n.powi(4),
            7.0 / 3.0 * n.powi(2) - 8.0 / 5.0 * n.powi(3) - 227.0 / 45.0 * n.powi(4),
            56.0 / 15.0 * n.powi(3) - 136.0 / 35.0 * n.powi(4),
            4279.0 / 630.0 * n.powi(4),
        ];
        let latitude = [2.0, 4.0, 6.0, 8.0]
            .into_iter()
            .zip(delta)
            .fold(chi, |sum, (factor, coefficient)| sum + coefficient * (factor * chi).sin());
        let longitude = eta_sphere.sinh().atan2(xi_sphere.cos());
        Wgs84 { latitude: latitude.to_degrees(), longitude: CENTRAL_MERIDIAN + longitude.to_degrees() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The projection the other way, from the ellipsoid's geometry instead of a series for the latitude.
    fn project(place: Wgs84) -> Utm32 {
        let (n, radius) = ellipsoid();
        let e = (FLATTENING * (2.0 - FLATTENING)).sqrt();
        let (phi, lambda) = (place.latitude.to_radians(), (place.longitude - CENTRAL_MERIDIAN).to_radians());
        let t = (phi.sin().atanh() - e * (e * phi.sin()).atanh()).sinh();
        let xi = t.atan2(lambda.cos());
        let eta = (lambda.sin() / (1.0 + t * t).sqrt()).atanh();
        let alpha = [
            n / 2.0 - 2.0 / 3.0 * n.powi(2) + 5.0 / 16.0 * n.powi(3) + 41.0 / 180.0 * n.powi(4),
            13.0 / 48.0 * n.powi(2) - 3.0 / 5.0 * n.powi(3) + 557.0 / 1440.0 * n.powi(4),
            61.0 / 240.0 * n.powi(3) - 103.0 / 140.0 * n.powi(4),
            49_561.0 / 161_280.0 * n.powi(4),
        ];
        let (mut east, mut north) = (eta, xi);
        for (factor, coefficient) in [2.0, 4.0, 6.0, 8.0].into_iter().zip(alpha) {
            east += coefficient * (factor * xi).cos() * (factor * eta).sinh();
            north += coefficient * (factor * xi).sin() * (factor * eta).cosh();
        }
        // The eccentric latitude t uses phi only through its tangent, so xi wants lambda's cosine as above.
        Utm32 { easting: FALSE_EASTING + SCALE * radius * east, northing: SCALE * radius * north }
    }

    /// What others say of the same places: two addresses as DAWA gave them in both systems before it closed, and places
    /// all over Denmark as PROJ 9.5.1 converts them.
    #[test]
    fn known_places_are_where_others_have_them() {
        for (name, easting, northing, latitude, longitude) in [
            ("Odense, by DAWA", 584_330.74, 6_139_543.21, 55.394_897_400, 10.331_466_797),
            ("København, by DAWA", 725_369.59, 6_176_652.55, 55.683_238_38, 12.585_147_2),
            ("København, by PROJ", 724_434.93, 6_175_755.61, 55.675_627_5, 12.569_577_675),
            ("south-west, by PROJ", 441_000.0, 6_050_000.0, 54.594_027_984, 8.086_855_297),
            ("Blåvand, by PROJ", 446_000.0, 6_157_000.0, 55.556_017_295, 8.143_945_049),
            ("Skagen, by PROJ", 597_000.0, 6_400_000.0, 57.731_644_536, 10.628_956_622),
            ("Bornholm, by PROJ", 892_000.0, 6_147_000.0, 55.312_685_009, 15.180_370_104),
            ("central meridian, by PROJ", 500_000.0, 6_200_000.0, 55.945_375_003, 9.0),
        ] {
            let place = Utm32 { easting, northing }.wgs84();
            // A hundred-millionth of a degree is a millimetre.
            let apart = (place.latitude - latitude).abs().max((place.longitude - longitude).abs());
            assert!(apart < 1e-8, "{name}: {place:?}");
        }
    }

    #[test]
    fn degrees_lead_back_to_the_same_metre_all_over_denmark() {
        for east in 0..15 {
            for north in 0..10 {
                let place = Utm32 {
                    easting: 440_000.0 + f64::from(east) * 33_000.0,
                    northing: 6_040_000.0 + f64::from(north) * 41_000.0,
                };
                let back = project(place.wgs84());
                assert!((back.easting - place.easting).abs() < 0.001, "{place:?} {back:?}");
                assert!((back.northing - place.northing).abs() < 0.001, "{place:?} {back:?}");
            }
        }
    }

    #[test]
    fn the_central_meridian_is_nine_degrees_east() {
        let place = Utm32 { easting: 500_000.0, northing: 6_200_000.0 }.wgs84();
        assert!((place.longitude - 9.0).abs() < 1e-12);
        assert_eq!(Utm32::known(0.0, 0.0), None);
        assert_eq!(Utm32::known(f64::NAN, 1.0), None);
    }
}
