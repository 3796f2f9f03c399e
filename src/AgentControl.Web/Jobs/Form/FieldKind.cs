namespace AgentControl.Web.Jobs.Form;

/// <summary>How one value of a schema is asked for.</summary>
internal enum FieldKind
{
    Text,
    TextArea,
    Password,
    Email,
    Uri,
    Date,
    DateTime,
    Number,
    Switch,
    Radio,
    Select,
    List,
    Group,
    OneOf,

    /// <summary>No better control is known: a JSON box.</summary>
    Json,
}
