//! What a ciphertext is bound to: authenticated with it, stored nowhere.
//!
//! The caller says purpose, row and field; the key adds whose it is. Every part is tagged and carries its length, so no
//! two different places have the same bytes.

use super::keys::Compartment;
use crate::platform::ids::{Id, SubjectId, TenantId};
use uuid::Uuid;

/// The place that a ciphertext belongs to. It opens there and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aad {
    purpose: &'static str,
    row: Option<Uuid>,
    field: Option<&'static str>,
}

impl Aad {
    /// `purpose` names table and meaning, such as `holdings.payload`. Part of the stored format: never change one.
    pub const fn new(purpose: &'static str) -> Self {
        Self { purpose, row: None, field: None }
    }

    /// The row it is stored in.
    pub fn row(self, id: impl Id) -> Self {
        Self { row: Some(id.uuid()), ..self }
    }

    /// The field, where one row keeps several ciphertexts for one purpose.
    pub const fn field(self, name: &'static str) -> Self {
        Self { field: Some(name), ..self }
    }
}

/// Whose key seals: put in by the key, never by the caller.
#[derive(Clone, Copy)]
pub(super) enum Owner {
    Platform,
    Tenant(TenantId),
    Subject(TenantId, SubjectId, Compartment),
}

/// All that is authenticated with a ciphertext: its header, its owner and its place.
pub(super) fn authenticated(header: [u8; 2], owner: Owner, place: &Aad) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(160);
    bytes.extend_from_slice(&header);
    match owner {
        Owner::Platform => part(&mut bytes, b'P', &[]),
        Owner::Tenant(tenant) => part(&mut bytes, b'T', tenant.uuid().as_bytes()),
        Owner::Subject(tenant, subject, compartment) => {
            part(&mut bytes, b'T', tenant.uuid().as_bytes());
            part(&mut bytes, b'S', subject.uuid().as_bytes());
            part(&mut bytes, b'C', compartment.as_str().as_bytes());
        }
    }
    part(&mut bytes, b'p', place.purpose.as_bytes());
    if let Some(row) = place.row {
        part(&mut bytes, b'r', row.as_bytes());
    }
    if let Some(field) = place.field {
        part(&mut bytes, b'f', field.as_bytes());
    }
    bytes
}

fn part(bytes: &mut Vec<u8>, tag: u8, value: &[u8]) {
    bytes.push(tag);
    bytes.extend_from_slice(&(value.len() as u64).to_be_bytes());
    bytes.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::HoldingId;

    #[test]
    fn no_two_places_have_the_same_bytes() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (tenant, other) = (TenantId::from(one), TenantId::from(two));
        let subject = SubjectId::from(one);
        let owners = [
            Owner::Platform,
            Owner::Tenant(tenant),
            Owner::Tenant(other),
            Owner::Subject(tenant, subject, Compartment::Vault),
            Owner::Subject(tenant, subject, Compartment::Biometric),
            Owner::Subject(tenant, SubjectId::from(two), Compartment::Vault),
            Owner::Subject(other, subject, Compartment::Vault),
        ];
        let places = [
            Aad::new("a"),
            Aad::new("ab"),
            Aad::new("a").field("b"),
            Aad::new("a").row(HoldingId::from(one)),
            Aad::new("a").row(HoldingId::from(two)),
            Aad::new("a").row(HoldingId::from(one)).field("b"),
        ];
        let mut all: Vec<Vec<u8>> = [[1, 1], [1, 2]]
            .iter()
            .flat_map(|header| owners.iter().map(move |owner| (header, owner)))
            .flat_map(|(header, owner)| places.iter().map(move |place| authenticated(*header, *owner, place)))
            .collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 2 * owners.len() * places.len());
    }
}
