//! Everything that an exchange says, without its secrets.

use std::borrow::Cow;

use smol_str::SmolStr;

use super::Secrets;
use crate::journal::{Change, Delta, Draft, Effect, Element, Message, Subject};

impl Draft {
    /// Hides secrets wherever they stand in it; of a message that was cut, also what its end has of
    /// one.
    pub fn hide(&mut self, secrets: &mut Secrets<'_>) {
        let is_refused = self.status >= 400;
        if is_refused {
            secrets.note(&self.target);
            secrets.note(&self.request.body);
        }
        let secrets = &*secrets;
        let Self { method, target, from, request, response, subject, .. } = self;
        for text in [method, target, from] {
            secrets.hide_name(text);
        }
        // What a fault cut off has its whole size in the answer's head, not in the message.
        let is_faulty = self.fault.is_some();
        request.hide(secrets, false);
        response.hide(secrets, is_faulty);
        if let Some(it) = subject {
            it.hide(secrets);
        }
        self.effects.iter_mut().for_each(|it| it.hide(secrets));
        for it in &mut self.findings {
            secrets.hide_text(&mut it.at);
            secrets.hide_text(&mut it.what);
        }
        if is_refused && let Cow::Owned(masked) = secrets.hide_refusal(&self.response.body) {
            self.response.body = masked;
        }
        if let Some(it) = &mut self.problem {
            if let Cow::Owned(masked) = secrets.hide_refusal(&it.detail) {
                it.detail = masked;
            }
            it.code.iter_mut().for_each(|code| secrets.hide_name(code));
        }
        self.remark.iter_mut().for_each(|it| secrets.hide_text(it));
        if let Some(it) = &mut self.fault {
            secrets.hide_name(&mut it.rule);
            secrets.hide_text(&mut it.action);
        }
    }
}

impl Message {
    fn hide(&mut self, secrets: &Secrets<'_>, is_faulty: bool) {
        for (name, value) in &mut self.headers {
            secrets.hide_name(name);
            secrets.hide_text(value);
        }
        if !self.cut && !is_faulty {
            return secrets.hide_text(&mut self.body);
        }
        if let Cow::Owned(masked) = secrets.hide_cut(&self.body) {
            self.body = masked;
        }
    }
}

impl Subject {
    fn hide(&mut self, secrets: &Secrets<'_>) {
        for text in [&mut self.kind, &mut self.id, &mut self.name] {
            secrets.hide_name(text);
        }
    }
}

impl Effect {
    fn hide(&mut self, secrets: &Secrets<'_>) {
        self.subject.hide(secrets);
        for Change { path, delta } in &mut self.changes {
            secrets.hide_name(path);
            match delta {
                Delta::Value { before, after } => {
                    before.iter_mut().chain(after).for_each(|it| secrets.hide_text(it));
                }
                Delta::Values { added, removed, .. } => {
                    for Element { value, name } in added.iter_mut().chain(removed) {
                        secrets.hide_name(value);
                        secrets.hide_name(name);
                    }
                }
            }
        }
    }
}

impl Secrets<'_> {
    fn hide_text(&self, text: &mut String) {
        if let Cow::Owned(masked) = self.hide(text) {
            *text = masked;
        }
    }

    fn hide_name(&self, text: &mut SmolStr) {
        if let Cow::Owned(masked) = self.hide(text) {
            *text = masked.into();
        }
    }
}
