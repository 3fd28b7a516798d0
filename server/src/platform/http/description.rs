//! What holds for every route of a kind, said in the API's description without each route having to say it: the parameters
//! of its path, the headers that its method takes, a word on each answer. OpenAPI requires the first and the last.

use actix_web::http::StatusCode;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Required, ResponseBuilder};

/// The name of the schema of what every route answers when it does not do what was asked.
const PROBLEM: &str = "Problem";

/// Completes the description of every route.
pub fn complete(api: &mut OpenApi) {
    api.components.get_or_insert_default().schemas.insert(PROBLEM.to_owned(), problem().into());
    for (path, item) in &mut api.paths.paths {
        let all = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in all.into_iter().flatten() {
            name_path_parameters(path, operation);
            describe_answers(operation);
            let problem = Content::new(Some(Ref::from_schema_name(PROBLEM)));
            let otherwise = ResponseBuilder::new()
                .description("Refused or failed, and why: an RFC 9457 problem document. `/problems` lists the codes")
                .content("application/problem+json", problem);
            operation.responses.responses.entry("default".to_owned()).or_insert_with(|| otherwise.build().into());
        }
        if let Some(creates) = item.post.as_mut().filter(|post| post.responses.responses.contains_key("201")) {
            let words =
                "1 to 255 visible characters; a repeat under the same key gets the first answer and does nothing";
            add(creates, header("Idempotency-Key", Required::False, words));
        }
        if let Some(changes) = &mut item.patch {
            add(changes, header("If-Match", Required::True, "The ETag of the version that was read"));
        }
    }
}

/// RFC 9457, with the members that problems have here. A refusal may have more of its own.
fn problem() -> Object {
    let said = |words: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(words)).build();
    let clauses = ArrayBuilder::new().items(said("A clause's id")).description(Some("The clauses that it rests on"));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("type", said("Where the code is explained, relative to the server"))
        .required("type")
        .property("title", said("The status in words"))
        .required("title")
        .property("status", ObjectBuilder::new().schema_type(Type::Integer).description(Some("The HTTP status")))
        .required("status")
        .property("code", said("What it is, for programs: it never changes"))
        .required("code")
        .property("detail", said("What was found"))
        .required("detail")
        .property("help", said("What would be right, or who can do it"))
        .property("pointer", said("The member of the body that it is about, as a JSON pointer"))
        .property("clauses", clauses)
        .build()
}

/// Which methods each address takes, and which words the query of each may have.
#[derive(Debug, Clone)]
pub struct Addresses(Vec<(String, Vec<Taken>)>);

/// A method that an address takes.
#[derive(Debug, Clone)]
pub struct Taken {
    /// In capitals.
    pub method: &'static str,
    /// The names of its query parameters.
    pub query: Vec<String>,
}

impl Addresses {
    /// As a description has them.
    pub fn of(api: &OpenApi) -> Self {
        let all = api.paths.paths.iter().map(|(path, item)| {
            let of_path = item.parameters.iter().flatten();
            let takes = [
                ("GET", &item.get),
                ("PUT", &item.put),
                ("POST", &item.post),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ];
            let taken = takes.into_iter().filter_map(|(method, operation)| {
                let own = operation.as_ref()?.parameters.iter().flatten();
                Some(Taken { method, query: own.chain(of_path.clone()).filter_map(query_name).collect() })
            });
            (path.clone(), taken.collect())
        });
        Self(all.collect())
    }

    /// What this address takes; nothing where there is no such address.
    pub fn at(&self, address: &str) -> &[Taken] {
        let fits = |path: &str| {
            let (mut asked, mut known) = (address.split('/'), path.split('/'));
            loop {
                match (asked.next(), known.next()) {
                    (None, None) => return true,
                    (Some(asked), Some(known)) if known.starts_with('{') && !asked.is_empty() || asked == known => {}
                    (_, _) => return false,
                }
            }
        };
        self.0.iter().find(|(path, _)| fits(path)).map_or(&[], |(_, taken)| taken.as_slice())
    }
}

fn query_name(parameter: &RefOr<Parameter>) -> Option<String> {
    match parameter {
        RefOr::T(one) if one.parameter_in == ParameterIn::Query => Some(one.name.clone()),
        RefOr::T(_) | RefOr::Ref(_) => None,
    }
}

/// `{id}` in a path is an id of ours; what else stands there is text.
fn name_path_parameters(path: &str, operation: &mut Operation) {
    for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        let is_id = name == "id";
        let schema = if is_id { text(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))) } else { text(None) };
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
        add(operation, parameter.schema(Some(schema)).build());
    }
}

fn describe_answers(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            let known = StatusCode::from_bytes(status.as_bytes()).ok().and_then(|code| code.canonical_reason());
            known.unwrap_or("Answer").clone_into(&mut answer.description);
        }
    }
}

/// Where the route has not described it better itself.
fn add(operation: &mut Operation, parameter: Parameter) {
    let known = operation.parameters.get_or_insert_default();
    let is_known = known.iter().any(|other| match other {
        RefOr::T(other) => other.name == parameter.name && other.parameter_in == parameter.parameter_in,
        RefOr::Ref(_) => false,
    });
    if !is_known {
        known.push(RefOr::T(parameter));
    }
}

fn header(name: &str, required: Required, description: &str) -> Parameter {
    let header = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(required);
    header.description(Some(description)).schema(Some(text(None))).build()
}

fn text(format: Option<SchemaFormat>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).format(format).build()
}
