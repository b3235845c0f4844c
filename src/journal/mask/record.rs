//! Removes the secrets from all texts of a record.

use std::borrow::Cow;

use smol_str::SmolStr;

use super::Secrets;
use crate::journal::{
    AttributeChange, Effect, ExchangeSubject, Fault, Finding, Message, NamedValue, Problem, Record,
    SignInAttempt, SignInChange, SignInTurn, TurnedSignIns, ValueChange,
};

impl Record {
    /// Masks secrets in all texts of the record. At the end of a message that was cut, the beginning of a
    /// secret is masked, too.
    pub(crate) fn hide(&mut self, secrets: &mut Secrets<'_>) {
        let is_refused = self.status >= 400;
        if is_refused {
            secrets.note(&self.target);
            secrets.note(&self.request.body);
        }
        let secrets = &*secrets;
        // All fields are named here, so that a new field cannot be forgotten.
        let Self {
            at: _,
            took: _,
            names_itself: _,
            from,
            request,
            response,
            method,
            target,
            status: _,
            operation: _,
            auth: _,
            subject,
            effects,
            findings,
            problem,
            hits: _,
            sign_in,
            sign_ins,
            remark,
            fault,
        } = self;
        for text in [from, method, target] {
            secrets.hide_name(text);
        }
        request.hide(secrets);
        if fault.is_some() {
            // An answer that a fault cut off is not marked as cut.
            response.hide_cut(secrets);
        } else {
            response.hide(secrets);
        }
        if is_refused {
            secrets.hide_in_refusal(&mut response.body);
        }
        if let Some(it) = subject {
            it.hide(secrets);
        }
        for it in effects {
            it.hide(secrets);
        }
        for Finding { quirk: _, at, what, section: _, sent_by: _, instead: _, form: _ } in findings
        {
            secrets.hide_text(at);
            secrets.hide_text(what);
        }
        if let Some(Problem { code, detail }) = problem {
            secrets.hide_in_refusal(detail);
            if let Some(code) = code {
                secrets.hide_name(code);
            }
        }
        if let Some(it) = sign_in {
            it.hide(secrets);
        }
        if let Some(it) = sign_ins {
            it.hide(secrets);
        }
        if let Some(it) = remark {
            secrets.hide_text(it);
        }
        if let Some(Fault { rule, n: _, roll: _, phase: _, action }) = fault {
            secrets.hide_name(rule);
            secrets.hide_text(action);
        }
    }
}

impl Message {
    fn hide(&mut self, secrets: &Secrets<'_>) {
        if self.cut {
            return self.hide_cut(secrets);
        }
        self.hide_headers(secrets);
        secrets.hide_text(&mut self.body);
    }

    /// Like [`hide`](Self::hide), for a body that may end within a secret.
    fn hide_cut(&mut self, secrets: &Secrets<'_>) {
        self.hide_headers(secrets);
        if let Cow::Owned(masked) = secrets.hide_cut(&self.body) {
            self.body = masked;
        }
    }

    fn hide_headers(&mut self, secrets: &Secrets<'_>) {
        for (name, value) in &mut self.headers {
            secrets.hide_name(name);
            secrets.hide_text(value);
        }
    }
}

impl ExchangeSubject {
    fn hide(&mut self, secrets: &Secrets<'_>) {
        let Self { kind, id, name, user_name } = self;
        for text in [kind, id, name].into_iter().chain(user_name) {
            secrets.hide_name(text);
        }
    }
}

impl Effect {
    fn hide(&mut self, secrets: &Secrets<'_>) {
        let Self { subject, kind: _, version: _, changes, sign_in } = self;
        subject.hide(secrets);
        if let Some(SignInChange { before: _, after: _, others, rev: _ }) = sign_in.as_deref_mut() {
            for it in others {
                it.hide(secrets);
            }
        }
        for AttributeChange { path, value } in changes {
            secrets.hide_name(path);
            match value {
                ValueChange::Single { before, after } => {
                    before.iter_mut().chain(after).for_each(|it| secrets.hide_text(it));
                }
                ValueChange::Multiple { added, removed, .. } => {
                    for NamedValue { value, name } in added.iter_mut().chain(removed) {
                        secrets.hide_name(value);
                        secrets.hide_name(name);
                    }
                }
            }
        }
    }
}

impl SignInAttempt {
    fn hide(&mut self, secrets: &Secrets<'_>) {
        let Self { result: _, option, reason } = self;
        if let Some(it) = option {
            secrets.hide_name(it);
        }
        if let Some(it) = reason {
            secrets.hide_text(it);
        }
    }
}

impl TurnedSignIns {
    fn hide(&mut self, secrets: &Secrets<'_>) {
        // The others are shown to nobody.
        let Self { total: _, users, others: _, rev: _ } = self;
        for it in users {
            it.hide(secrets);
        }
    }
}

impl SignInTurn {
    fn hide(&mut self, secrets: &Secrets<'_>) {
        let Self { user, before: _, after: _ } = self;
        user.hide(secrets);
    }
}

impl Secrets<'_> {
    fn hide_text(&self, text: &mut String) {
        if let Cow::Owned(masked) = self.hide(text) {
            *text = masked;
        }
    }

    fn hide_in_refusal(&self, text: &mut String) {
        if let Cow::Owned(masked) = self.hide_refusal(text) {
            *text = masked;
        }
    }

    fn hide_name(&self, text: &mut SmolStr) {
        if let Cow::Owned(masked) = self.hide(text) {
            *text = masked.into();
        }
    }
}
