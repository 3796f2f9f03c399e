using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentControl.Web.Jobs.Form;

/// <summary>One node of a JSON Schema, read once: what to ask for and with which control.</summary>
public sealed class FieldSchema
{
    /// <summary>Says that the words of an enum are names of things: they are shown as they are.</summary>
    public const string NamesKey = "x-names";

    /// <summary>An enum with more words than this becomes a select.</summary>
    private const int MostRadios = 5;

    /// <summary>A schema that refers to itself is shown as JSON below this depth.</summary>
    private const int DeepestGroup = 8;

    private FieldSchema(JsonObject node, FieldKind kind)
    {
        Kind = kind;
        Title = Text(node, "title");
        Help = Text(node, "description");
        Default = node["default"]?.DeepClone();
        Minimum = Number(node, "minimum");
        Maximum = Number(node, "maximum");
        MaxLength = (int?)Number(node, "maxLength");
        Placeholder = Plain(
            Text(node, "x-placeholder") is { } hint
                ? JsonValue.Create(hint)
                : (node["examples"] as JsonArray)?.FirstOrDefault()
        );
        Unit = Text(node, "x-unit");
        Format = Text(node, "format");
        HasNames = node[NamesKey] is JsonValue names && names.GetValueKind() == JsonValueKind.True;
    }

    public FieldKind Kind { get; }
    public string? Title { get; }
    public string? Help { get; }
    public string? Placeholder { get; }
    public string? Unit { get; }
    public string? Format { get; }
    public JsonNode? Default { get; }
    public double? Minimum { get; }
    public double? Maximum { get; }
    public int? MaxLength { get; }
    public bool Nullable { get; private init; }
    public bool WholeNumber { get; private init; }

    /// <summary>The options are names of things, not words.</summary>
    public bool HasNames { get; }
    public IReadOnlyList<string> Options { get; private init; } = [];
    public IReadOnlyList<(string Name, bool Required, FieldSchema Schema)> Members { get; private init; } = [];
    public FieldSchema? Item { get; private init; }
    public IReadOnlyList<FieldSchema> Alternatives { get; private init; } = [];

    /// <summary>A word of letters as people write it. Everything else is a name, which must be known again elsewhere.</summary>
    public string Shown(string option) => HasNames || !option.All(char.IsAsciiLetter) ? option : FieldLabel.Of(option);

    public static FieldSchema Read(JsonNode schema) => Read(schema, schema, 0);

    private static FieldSchema Read(JsonNode? schema, JsonNode root, int depth)
    {
        var node = Resolve(schema as JsonObject, root) ?? [];
        var types = Types(node);
        var nullable = types.Remove("null");
        if (Choices(node, root) is { Count: > 0 } alternatives)
        {
            var real = alternatives.Where(a => !Types(a).SetEquals(["null"])).ToList();
            if (real.Count == 1)
                return Read(alternatives.Count > 1 ? OrNull(Merge(node, real[0])) : Merge(node, real[0]), root, depth);
            return new FieldSchema(node, FieldKind.OneOf)
            {
                Nullable = real.Count < alternatives.Count,
                Alternatives = [.. real.Select(a => Read(a, root, depth + 1))],
            };
        }
        if (Words(node) is { Count: > 0 } words)
            return new FieldSchema(node, words.Count > MostRadios ? FieldKind.Select : FieldKind.Radio)
            {
                Options = words,
                Nullable = nullable || node["enum"]!.AsArray().Any(v => v is null),
            };
        var kind = KindOf(node, types, depth);
        return new FieldSchema(node, kind)
        {
            Nullable = nullable,
            WholeNumber = types.Contains("integer"),
            Item = kind == FieldKind.List ? Read(node["items"], root, depth + 1) : null,
            Members = kind == FieldKind.Group ? ReadMembers(node, root, depth) : [],
        };
    }

    private static FieldKind KindOf(JsonObject node, HashSet<string> types, int depth)
    {
        // A number that may also come as digits in a string is still a number to people.
        if (types.Contains("integer") || types.Contains("number"))
            return FieldKind.Number;
        if (types.Count != 1)
            return FieldKind.Json;
        return types.Single() switch
        {
            "string" => TextKind(Text(node, "format")),
            "boolean" => FieldKind.Switch,
            "array" when node["items"] is JsonObject => FieldKind.List,
            "object" when node["properties"] is JsonObject && depth < DeepestGroup => FieldKind.Group,
            _ => FieldKind.Json,
        };
    }

    private static FieldKind TextKind(string? format) =>
        format switch
        {
            "date" => FieldKind.Date,
            "date-time" => FieldKind.DateTime,
            "email" => FieldKind.Email,
            "uri" or "url" => FieldKind.Uri,
            "textarea" or "multiline" => FieldKind.TextArea,
            "password" => FieldKind.Password,
            "folder" => FieldKind.Folder,
            _ => FieldKind.Text,
        };

    private static List<(string, bool, FieldSchema)> ReadMembers(JsonObject node, JsonNode root, int depth)
    {
        var required = (node["required"] as JsonArray ?? [])
            .Select(n => n!.GetValue<string>())
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. node["properties"]!
                .AsObject()
                .Select(p => (p.Key, required.Contains(p.Key), Read(p.Value, root, depth + 1))),
        ];
    }

    /// <summary>"This or nothing" is this, made optional.</summary>
    private static JsonObject OrNull(JsonObject node)
    {
        node["type"] = new JsonArray([
            .. Types(node).Append("null").Distinct(StringComparer.Ordinal).Select(t => (JsonNode)t),
        ]);
        return node;
    }

    private static JsonObject? Resolve(JsonObject? node, JsonNode root)
    {
        for (var hops = 0; node is not null && Text(node, "$ref") is { } reference && hops < 16; hops++)
        {
            JsonNode? target = root;
            foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                var name = part.Replace("~1", "/", StringComparison.Ordinal)
                    .Replace("~0", "~", StringComparison.Ordinal);
                target =
                    target is JsonArray list
                    && int.TryParse(name, System.Globalization.CultureInfo.InvariantCulture, out var index)
                        ? list.ElementAtOrDefault(index)
                        : (target as JsonObject)?[name];
            }
            node = Merge(node, target as JsonObject ?? []);
        }
        return node;
    }

    /// <summary>The target with the words that stand beside the reference.</summary>
    private static JsonObject Merge(JsonObject beside, JsonObject target)
    {
        var merged = target.DeepClone().AsObject();
        foreach (var name in (string[])["title", "description", "default"])
            if (beside[name] is { } word)
                merged[name] = word.DeepClone();
        return merged;
    }

    private static List<JsonObject> Choices(JsonObject node, JsonNode root) =>
        [
            .. (node["oneOf"] as JsonArray ?? node["anyOf"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .Select(a => Resolve(a, root)!),
        ];

    private static List<string> Words(JsonObject node) =>
        node["enum"] is JsonArray words && words.All(w => w is null || w.GetValueKind() == JsonValueKind.String)
            ? [.. words.OfType<JsonValue>().Select(w => w.GetValue<string>())]
            : [];

    private static HashSet<string> Types(JsonObject node) =>
        node["type"] switch
        {
            JsonValue one => [one.GetValue<string>()],
            JsonArray several => [.. several.Select(t => t!.GetValue<string>())],
            _ => [],
        };

    private static string? Text(JsonObject node, string name) =>
        node[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static double? Number(JsonObject node, string name) =>
        node[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;

    private static string? Plain(JsonNode? value) =>
        value is null ? null
        : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
        : value.ToJsonString();
}
