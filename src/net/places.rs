//! A slab: the clients of the `poll` model, each in a numbered place, which the operating system hands back with what it
//! tells. When memory is short there is no place, and that costs the newcomer only.

/// Numbered places; the number of one that was left is given again.
#[derive(Debug)]
pub(super) struct Places<T> {
    places: Vec<Option<T>>,
    free: Vec<usize>,
}

impl<T> Places<T> {
    pub(super) fn new() -> Self {
        Self { places: Vec::new(), free: Vec::new() }
    }

    /// A place that is free; `None` when there is no memory for one.
    pub(super) fn vacant(&mut self) -> Option<usize> {
        if self.free.is_empty() {
            // Room for its number too, for when it is left.
            self.free.try_reserve(self.places.len() + 1).ok()?;
            self.places.try_reserve(1).ok()?;
            self.free.push(self.places.len());
            self.places.push(None);
        }
        self.free.last().copied()
    }

    /// Takes the [`vacant`](Self::vacant) place.
    pub(super) fn take(&mut self, client: T) {
        if let Some(place) = self.free.pop().and_then(|place| self.places.get_mut(place)) {
            *place = Some(client);
        }
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.places.get_mut(place)?.as_mut()
    }

    pub(super) fn leave(&mut self, place: usize) {
        if self.places.get_mut(place).and_then(Option::take).is_some() {
            self.free.push(place);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (usize, &mut T)> {
        self.places.iter_mut().enumerate().filter_map(|(place, client)| Some((place, client.as_mut()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_was_left_is_given_again() {
        let mut places = Places::new();
        for client in ["a", "b", "c"] {
            assert!(places.vacant().is_some());
            places.take(client);
        }
        places.leave(1);
        places.leave(1);
        assert_eq!((places.len(), places.get_mut(1)), (2, None));
        assert_eq!(places.vacant(), Some(1));
        places.take("d");
        assert_eq!(
            places.iter_mut().map(|(place, client)| (place, *client)).collect::<Vec<_>>(),
            [(0, "a"), (1, "d"), (2, "c")]
        );
    }
}
