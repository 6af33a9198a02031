//! To which partition a key goes. Producers differ, and a message that is brought back belongs where its key's others are.

/// How the publishers of a topic spread its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spread {
    /// librdkafka's default, `consistent_random`: CRC-32.
    Librdkafka,
    /// Sarama's default, which Dapr leaves: FNV-1a.
    Sarama,
}

impl Spread {
    /// The partition of a key.
    pub fn partition(self, key: &[u8], partitions: i32) -> i32 {
        match self {
            Self::Librdkafka => {
                let count = u32::try_from(partitions).unwrap_or(1).max(1);
                i32::try_from(crc32(key) % count).unwrap_or(0)
            }
            Self::Sarama => (fnv1a(key).cast_signed() % partitions.max(1)).abs(),
        }
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values that both functions are published with.
    #[test]
    fn the_hashes_are_those_of_their_definitions() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(fnv1a(b"foobar"), 0xBF9C_F968);
    }

    #[test]
    fn every_key_has_a_partition() {
        for spread in [Spread::Librdkafka, Spread::Sarama] {
            let all: Vec<i32> = (0..200).map(|n: i32| spread.partition(&n.to_be_bytes(), 6)).collect();
            assert!((0..6).all(|partition| all.contains(&partition)) && all.iter().all(|one| (0..6).contains(one)));
            assert_eq!(spread.partition(b"", 0), 0);
        }
    }
}
