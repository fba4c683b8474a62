//! What is said again and again is written once.

use crate::lang::{Lang, Text};
use serde::{Serialize, Serializer};
use std::collections::HashMap;
use std::hash::Hash;

/// A list in which nothing stands twice.
#[derive(Debug)]
pub(super) struct Interned<T> {
    list: Vec<T>,
    places: HashMap<T, usize>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { list: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Interned<T> {
    /// All of it.
    pub(super) fn list(&self) -> &[T] {
        &self.list
    }

    /// Its place in the list.
    pub(super) fn place(&mut self, item: T) -> usize {
        let next = self.list.len();
        *self.places.entry(item.clone()).or_insert_with(|| {
            self.list.push(item);
            next
        })
    }
}

impl Interned<[String; 2]> {
    /// The place of a text in both languages; it may hold other texts.
    pub(super) fn text(&mut self, text: &Text) -> usize {
        self.place([Lang::En, Lang::Zh].map(|lang| lang.read(text.of(lang))))
    }
}

impl<T: Serialize> Serialize for Interned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}
