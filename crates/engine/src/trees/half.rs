//! Numbers of 16 bits (IEEE 754 binary16) for feature rows: trees ask for no more, and artefacts are half as large.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A list of 16-bit numbers, read as `f32`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Halves(Vec<u16>);

impl Halves {
    /// Rounds each value to the nearest, ties to even; beyond 65504 to 65504; missing stays missing.
    pub fn new(values: &[f32]) -> Self {
        Self(values.iter().map(|value| rounded(*value)).collect())
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value at a place; not a number where there is none.
    pub fn get(&self, index: usize) -> f32 {
        self.0.get(index).map_or(f32::NAN, |bits| widened(*bits))
    }
}

const MISSING: u16 = 0x7e00;
const LARGEST: f32 = 65_504.0;

fn rounded(value: f32) -> u16 {
    if value.is_nan() {
        return MISSING;
    }
    let value = value.clamp(-LARGEST, LARGEST);
    let sign = (value.to_bits() >> 16 & 0x8000) as u16;
    let size = value.abs();
    // The spacing of halves at this size: 2^-24 below 2^-14, else 2^-10 of the power of two below.
    let exponent = ((size.to_bits() >> 23) as i32 - 127).max(-14);
    let spacing = f32::from_bits(((exponent - 10 + 127) as u32) << 23);
    // Adding and taking away 2^23 rounds to whole numbers, ties to even.
    let steps = (size / spacing + 8_388_608.0) - 8_388_608.0;
    // Steps run on into the next power of two, whose exponent is one more: the same whole number.
    sign | (((exponent + 14) << 10) as u32 + steps as u32).min(0x7bff) as u16
}

fn widened(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), bits & 0x3ff);
    if exponent == 31 {
        return f32::NAN;
    }
    let size = match exponent {
        0 => f32::from(fraction) * f32::from_bits((127 - 24) << 23),
        _ => f32::from_bits(((exponent - 15 + 127) as u32) << 23 | u32::from(fraction) << 13),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

impl Serialize for Halves {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|bits| bits.to_le_bytes()).collect();
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Halves {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> de::Visitor<'de> for Bytes {
            type Value = Halves;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an even number of bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Halves, E> {
                let (pairs, rest) = bytes.as_chunks::<2>();
                if !rest.is_empty() {
                    return Err(E::invalid_length(bytes.len(), &self));
                }
                Ok(Halves(pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect()))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Halves, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = list.next_element::<u8>()? {
                    bytes.push(byte);
                }
                self.visit_bytes(&bytes)
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_is_its_own_nearest() {
        for bits in 0..=u16::MAX {
            let value = widened(bits);
            if value.is_nan() {
                assert!(widened(rounded(value)).is_nan());
            } else {
                assert_eq!(rounded(value), bits, "{value}");
            }
        }
    }

    #[test]
    fn numbers_are_rounded_to_the_nearest() {
        for (value, expected) in [(1.0 / 3.0, 0.333_251_95), (1e9, LARGEST), (-2_049.0, -2_048.0), (2_051.0, 2_052.0)] {
            assert_eq!(widened(rounded(value)), expected);
        }
        assert!((widened(rounded(3e-6)) - 3e-6).abs() < 3.1e-8);
    }
}
