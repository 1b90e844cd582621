//! Answers kept until the facts change, so that a dashboard does not scan the same rows again and again.

use std::sync::{Arc, Mutex};

/// Answers to questions about one table, bounded by the sum of their weights; the least recently used goes first.
pub(crate) struct Answers<Q, A> {
    most: usize,
    kept: Mutex<Vec<Kept<Q, A>>>,
}

struct Kept<Q, A> {
    /// Names the facts that were asked (see [`crate::Lake::data_version`]).
    content: String,
    question: Q,
    answer: Arc<A>,
    weight: usize,
}

impl<Q: PartialEq, A> Answers<Q, A> {
    /// Room for answers that together weigh at most this.
    pub(crate) fn weighing(most: usize) -> Self {
        Self { most, kept: Mutex::new(Vec::new()) }
    }

    pub(crate) fn find(&self, content: &str, question: &Q) -> Option<Arc<A>> {
        let mut kept = self.kept.lock().ok()?;
        let index = kept.iter().position(|entry| entry.content == content && entry.question == *question)?;
        let entry = kept.remove(index);
        let answer = Arc::clone(&entry.answer);
        kept.push(entry);
        Some(answer)
    }

    /// Keeps an answer; one that is heavier than all the room is handed back without being kept.
    pub(crate) fn keep(&self, content: &str, question: Q, answer: A, weight: usize) -> Arc<A> {
        let answer = Arc::new(answer);
        let Ok(mut kept) = self.kept.lock() else { return answer };
        // Earlier contents will not be asked for again.
        kept.retain(|entry| entry.content == content && entry.question != question);
        if weight <= self.most {
            kept.push(Kept { content: content.to_owned(), question, answer: Arc::clone(&answer), weight });
        }
        while kept.iter().map(|entry| entry.weight).sum::<usize>() > self.most {
            kept.remove(0);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_goes_first_and_old_contents_at_once() {
        let answers = Answers::weighing(10);
        answers.keep("v1", 'a', 1, 4);
        answers.keep("v1", 'b', 2, 4);
        assert_eq!(answers.find("v1", &'a').as_deref(), Some(&1));
        answers.keep("v1", 'c', 3, 4);
        assert_eq!(answers.find("v1", &'b'), None, "a was used after b");
        assert!(answers.find("v1", &'a').is_some() && answers.find("v1", &'c').is_some());
        assert_eq!(answers.find("v2", &'a'), None);
        assert_eq!(*answers.keep("v2", 'd', 4, 11), 4);
        assert_eq!(answers.find("v2", &'d'), None, "too heavy to keep");
        assert_eq!(answers.find("v1", &'a'), None, "the facts have changed since");
    }
}
