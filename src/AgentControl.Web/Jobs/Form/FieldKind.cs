namespace AgentControl.Web.Jobs.Form;

/// <summary>How one value of a schema is asked for.</summary>
public enum FieldKind
{
    Text,
    TextArea,
    Password,
    Email,
    Uri,

    /// <summary>A folder of the workspace: files are uploaded into it, or it is there already.</summary>
    Folder,
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
