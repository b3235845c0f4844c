//! Whether an existing resource fits a new definition of its type.

use super::{AttributeDefinition, AttributeType, ResourceType};
use crate::{
    moment::Moment,
    value::{Object, Value},
};

impl ResourceType {
    /// The path of the first value that does not fit: its attribute is unknown, or has another
    /// type. A missing required attribute is allowed; the next change of the resource must add it.
    pub fn first_misfit(&self, attributes: &Object) -> Option<String> {
        attributes.iter().find_map(|(name, value)| {
            if let Some(target) = self.core(name).filter(|it| it.definition.name() == name) {
                return (!target.definition.holds(value)).then(|| name.to_string());
            }
            let (Some(_), Value::Object(members)) = (self.extension(name), value) else {
                return Some(name.to_string());
            };
            let targets = self.attributes_of(name);
            let has_place = |(member, value): &(_, &Value)| {
                let mut targets = targets.iter().map(|it| &it.definition);
                targets.any(|it| it.name() == *member && it.holds(value))
            };
            members.iter().find(|it| !has_place(it)).map(|(member, _)| format!("{name}:{member}"))
        })
    }
}

impl AttributeDefinition {
    fn holds(&self, value: &Value) -> bool {
        match value {
            _ if self.is_read_only() => false,
            Value::List(list) => self.is_multi_valued() && list.iter().all(|it| self.holds_one(it)),
            one => !self.is_multi_valued() && self.holds_one(one),
        }
    }

    fn holds_one(&self, value: &Value) -> bool {
        match (self.kind(), value) {
            (AttributeType::Complex, Value::Object(members)) => members.iter().all(|(name, it)| {
                let mut subs = self.sub_attributes().iter();
                subs.any(|sub| sub.name() == name && sub.holds(it))
            }),
            (AttributeType::String | AttributeType::Reference, Value::Text(_))
            | (AttributeType::Boolean, Value::Boolean(_))
            | (AttributeType::Integer, Value::Integer(_))
            | (AttributeType::Decimal, Value::Decimal(_) | Value::Integer(_)) => true,
            (AttributeType::DateTime, Value::Text(text)) => Moment::parse(text).is_some(),
            (AttributeType::Binary, Value::Text(text)) => self.alphabet().encodes(text),
            _ => false,
        }
    }
}
