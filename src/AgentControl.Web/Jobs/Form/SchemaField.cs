using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentControl.Web.Jobs.Form;

/// <summary>One field of a form and what a person has put into it. Keeps whatever JSON it was given, also where the control cannot show it.</summary>
public sealed class SchemaField
{
    private readonly string name;

    /// <summary>The list that it is a line of, or the field whose chosen kind it is.</summary>
    private readonly SchemaField? holder;

    /// <summary>Members that the schema does not name.</summary>
    private JsonObject extra = [];

    /// <summary>A value of another kind than the control shows; kept until the person changes the field.</summary>
    private JsonNode? foreign;
    private string? text;
    private bool? isOn;
    private bool isNull;
    private bool isPresent;

    public SchemaField(FieldSchema schema, string name, string path, bool required, SchemaField? holder = null)
    {
        Schema = schema;
        this.name = name;
        this.holder = holder;
        Path = path;
        Required = required;
        if (schema.Kind == FieldKind.Group)
            Members =
            [
                .. schema.Members.Select(m => new SchemaField(
                    m.Schema,
                    m.Name,
                    path.Length == 0 ? m.Name : $"{path}.{m.Name}",
                    m.Required
                )),
            ];
        if (schema.Kind == FieldKind.OneOf)
            Choose(0);
        if (schema.Default is not null)
            Read(schema.Default);
    }

    public FieldSchema Schema { get; }

    /// <summary>A line of a list is called by its number.</summary>
    public string Name =>
        holder switch
        {
            null => name,
            { Schema.Kind: FieldKind.List } list => Line(list),
            var outer => outer.Name,
        };
    public string Path { get; private set; }
    public bool Required { get; }
    public string Label => Schema.Title ?? FieldLabel.Of(Name);

    /// <summary>The label where nothing stands around it: a line of a list names its list.</summary>
    public string FullLabel =>
        holder switch
        {
            null => Label,
            { Schema.Kind: FieldKind.List } list => $"Line {Line(list)} of {list.FullLabel}",
            var outer => outer.FullLabel,
        };
    public string Id =>
        "field-"
        + (
            Path.Length == 0
                ? "input"
                : Path.Replace('.', '-').Replace('[', '-').Replace("]", "", StringComparison.Ordinal)
        )
        // The chosen kind lies at the same place as the choice, and is another control.
        + (holder is { Schema.Kind: FieldKind.OneOf } ? "-value" : "");
    public FieldKind Kind => foreign is null ? Schema.Kind : FieldKind.Json;
    public bool IsLine => holder is { Schema.Kind: FieldKind.List };
    public IReadOnlyList<SchemaField> Members { get; } = [];
    public List<SchemaField> Items { get; } = [];
    public int Choice { get; private set; }
    public SchemaField? Inner { get; private set; }

    public string? Text
    {
        get => foreign?.ToJsonString(FormJson.Indented) ?? text;
        set
        {
            (foreign, isNull) = (null, false);
            text = string.IsNullOrEmpty(value) ? null : value;
        }
    }

    public bool IsOn
    {
        get => isOn ?? false;
        set => (foreign, isNull, isOn) = (null, false, value);
    }

    public void Add()
    {
        isPresent = true;
        Items.Add(NewItem(Items.Count));
    }

    public void Remove(SchemaField item)
    {
        if (!Items.Remove(item))
            return;
        for (var i = 0; i < Items.Count; i++)
            Items[i].Move($"{Path}[{i}]");
    }

    public void Choose(int choice)
    {
        Choice = choice;
        Inner = new SchemaField(Schema.Alternatives[choice], name, Path, Required, this);
    }

    public bool IsEmpty => Write() is null && !(isNull && Schema.Nullable);

    /// <summary>The value, or null where there is none. An explicit null is told apart by <see cref="WritesNull"/>.</summary>
    public JsonNode? Write()
    {
        if (foreign is not null)
            return foreign.DeepClone();
        return Schema.Kind switch
        {
            FieldKind.Group => WriteGroup(),
            FieldKind.List => Items.Count > 0 || isPresent || (Required && !isNull)
                ? new JsonArray([.. Items.Select(i => i.Write())])
                : null,
            FieldKind.OneOf => Inner!.Write(),
            FieldKind.Switch => isOn is { } on ? JsonValue.Create(on)
            : Required && !isNull ? JsonValue.Create(false)
            : null,
            FieldKind.Number => text is null ? null : FormJson.Number(text) ?? JsonValue.Create(text),
            FieldKind.Json => text is null ? null
            : FormJson.Parse(text, out var parsed) ? parsed
            : JsonValue.Create(text),
            _ => text is null ? null : JsonValue.Create(text),
        };
    }

    public bool WritesNull => isNull || (Schema.Kind == FieldKind.OneOf && Inner!.WritesNull);

    public void Read(JsonNode? node)
    {
        Clear();
        if (node is null)
        {
            isNull = true;
            return;
        }
        var fits = (Schema.Kind, node.GetValueKind()) switch
        {
            (FieldKind.Group, JsonValueKind.Object) => ReadGroup(node.AsObject()),
            (FieldKind.List, JsonValueKind.Array) => ReadList(node.AsArray()),
            (FieldKind.OneOf, _) => ReadChoice(node),
            (FieldKind.Switch, JsonValueKind.True or JsonValueKind.False) => (isOn = node.GetValue<bool>()) is not null,
            (FieldKind.Number, JsonValueKind.Number) => (text = node.ToJsonString()) is not null,
            (FieldKind.Json, _) => (text = node.ToJsonString(FormJson.Indented)) is not null,
            (FieldKind.Group or FieldKind.List or FieldKind.Switch or FieldKind.Number, _) => false,
            (_, JsonValueKind.String) => (text = node.GetValue<string>()) is not null,
            _ => false,
        };
        if (!fits)
            foreign = node.DeepClone();
    }

    public void Clear()
    {
        (text, isOn, foreign, isNull, isPresent, extra) = (null, null, null, false, false, []);
        Items.Clear();
        foreach (var member in Members)
            member.Clear();
        if (Schema.Kind == FieldKind.OneOf)
            Choose(0);
    }

    /// <summary>This field and all below it, in the order of the page.</summary>
    public IEnumerable<SchemaField> All() =>
        [
            this,
            .. Members.SelectMany(m => m.All()),
            .. Items.SelectMany(i => i.All()),
            .. Inner is { } inner ? inner.All() : [],
        ];

    private JsonObject? WriteGroup()
    {
        var group = new JsonObject();
        foreach (var member in Members)
        {
            var value = member.Write();
            if (value is not null || member.WritesNull)
                group[member.Name] = value;
        }
        foreach (var (name, value) in extra)
            group[name] = value?.DeepClone();
        return group.Count > 0 || isPresent || (Required && !isNull) ? group : null;
    }

    private bool ReadGroup(JsonObject node)
    {
        isPresent = true;
        foreach (var (name, value) in node)
        {
            if (Members.FirstOrDefault(m => m.Name == name) is { } member)
                member.Read(value);
            else
                extra[name] = value?.DeepClone();
        }
        return true;
    }

    private bool ReadList(JsonArray node)
    {
        isPresent = true;
        foreach (var value in node)
        {
            Items.Add(NewItem(Items.Count));
            Items[^1].Read(value);
        }
        return true;
    }

    private bool ReadChoice(JsonNode node)
    {
        for (var i = 0; i < Schema.Alternatives.Count; i++)
        {
            Choose(i);
            Inner!.Read(node);
            if (Inner.foreign is null && Inner.All().All(f => f.foreign is null) && Inner.extra.Count == 0)
                return true;
        }
        Choose(0);
        return false;
    }

    private SchemaField NewItem(int index) => new(Schema.Item!, "", $"{Path}[{index}]", required: true, this);

    private string Line(SchemaField list) => (list.Items.IndexOf(this) + 1).ToString(CultureInfo.InvariantCulture);

    private void Move(string path)
    {
        foreach (var member in Members)
            member.Move(path + member.Path[Path.Length..]);
        foreach (var item in Items)
            item.Move(path + item.Path[Path.Length..]);
        Inner?.Move(path);
        Path = path;
    }
}
