//! Good calls of the admin console.

use serde_json::{Value, json};

use crate::Visitor;

const NONE: &Value = &Value::Null;

pub(crate) fn visit(visitor: &mut Visitor) {
    for path in ["setup", "connection", "integration", "secret-key", "scim-link"] {
        visitor.console("GET", path, &[], NONE);
    }
    let integration = json!({"entraTenantId": "c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71"});
    visitor.console("PUT", "integration", &[], &integration);
    visitor.console("PUT", "provisioning", &[], &json!({"mode": "userProvisioning"}));
    let wanted = json!({"confirm": true, "expiresAt": "2099-12-31T23:59:59Z"});
    let key = visitor.console("POST", "secret-key", &[], &wanted);
    key["secretKey"].as_str().unwrap().clone_into(&mut visitor.tokens[0].1);
    visitor.console("GET", "secret-key", &[], NONE);

    visitor.console("GET", "scim-settings", &[], NONE);
    visitor.console("PATCH", "scim-settings", &[], &json!({"me": ""}));
    let sign_in = visitor.console("GET", "sign-in-settings", &[], NONE);
    visitor.console("PATCH", "sign-in-settings", &[], &sign_in);
    let own = visitor.console("GET", "scim-schemas", &[], NONE);
    visitor.console("PUT", "scim-schemas", &[], &own);
    visitor.console("DELETE", "scim-schemas", &[], NONE);

    for path in ["roles", "authorization-groups", "locales", "login-options"] {
        visitor.console("GET", path, &[], NONE);
    }
    let option = visitor.console("GET", "login-options/{name}", &["Medius.Security"], NONE);
    visitor.console("PUT", "login-options/{name}", &["Medius.Security"], &option);
    let companies = visitor.console("GET", "companies", &[], NONE);
    let company = find(&companies, |it| it["isVirtual"] != true);
    visitor.console("GET", "companies/{id}", &[company["companyId"].as_str().unwrap()], NONE);
    visitor.console("GET", "configurations", &[], NONE);
    let draft = json!({"name": "Sweden", "filter": "SE", "companies": [company["name"]],
        "roles": [], "locale": {"currency": "SEK"}});
    let added = visitor.console("POST", "configurations", &[], &draft);
    let id = [added["id"].as_str().unwrap()];
    visitor.console("GET", "configurations/{id}", &id, NONE);
    visitor.console("PUT", "configurations/{id}", &id, &draft);
    visitor.console("DELETE", "configurations/{id}", &id, NONE);

    let user = find(&visitor.console("GET", "users", &[], NONE), |_| true);
    let id = [user["id"].as_str().unwrap()];
    visitor.console("GET", "users/{id}", &id, NONE);
    visitor.console("POST", "users/reapply", &[], NONE);
    visitor.console("POST", "users/{id}/reapply", &id, NONE);
}

fn find(list: &Value, is_it: impl Fn(&Value) -> bool) -> Value {
    list["items"].as_array().unwrap().iter().find(|it| is_it(it)).unwrap().clone()
}

impl Visitor {
    fn console(&mut self, method: &str, path: &str, holes: &[&str], body: &Value) -> Value {
        self.call(method, &format!("/{{tenant}}/admin/v1/{path}"), holes, body)
    }
}
