//! Drawings kept by the hash of what was asked, the least recently used going first.

use std::collections::HashMap;
use std::sync::Arc;

/// SHA-256 of option, width and height.
pub(crate) type Key = [u8; 32];

/// At most so many bytes of drawings.
pub(crate) struct Cache {
    kept: HashMap<Key, Kept>,
    bytes: usize,
    limit: usize,
    clock: u64,
}

struct Kept {
    svg: Arc<str>,
    used: u64,
}

impl Cache {
    /// An empty cache; `limit` in bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { kept: HashMap::new(), bytes: 0, limit, clock: 0 }
    }

    /// The drawing, where it is kept; marks it as used.
    pub(crate) fn get(&mut self, key: &Key) -> Option<Arc<str>> {
        self.clock += 1;
        let kept = self.kept.get_mut(key)?;
        kept.used = self.clock;
        Some(Arc::clone(&kept.svg))
    }

    /// Keeps a drawing, unless it alone is larger than the limit.
    pub(crate) fn put(&mut self, key: Key, svg: Arc<str>) {
        if svg.len() > self.limit {
            return;
        }
        self.clock += 1;
        self.bytes += svg.len();
        let before = self.kept.insert(key, Kept { svg, used: self.clock });
        self.bytes -= before.map_or(0, |kept| kept.svg.len());
        while self.bytes > self.limit {
            // A few hundred drawings at most: looking at each is cheaper than keeping them in order.
            let Some(oldest) = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| *key) else { break };
            self.bytes -= self.kept.remove(&oldest).map_or(0, |kept| kept.svg.len());
        }
    }

    /// Bytes kept.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_goes_first() {
        let mut cache = Cache::new(10);
        cache.put([1; 32], "aaaa".into());
        cache.put([2; 32], "bbbb".into());
        assert!(cache.get(&[1; 32]).is_some());
        cache.put([3; 32], "cccc".into());
        assert!(cache.get(&[2; 32]).is_none() && cache.get(&[1; 32]).is_some() && cache.get(&[3; 32]).is_some());
        assert_eq!(cache.bytes(), 8);
        cache.put([3; 32], "cc".into());
        assert_eq!(cache.bytes(), 6);
        cache.put([4; 32], "far too large".into());
        assert!(cache.get(&[4; 32]).is_none());
    }
}
