using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentControl.Core.Agents;

/// <summary>
/// Holds a value to what its JSON Schema says: types, required and known members, null, minimum, maximum and enum, at any depth.
/// Names of members may differ in case, as for everything that reads them.
/// </summary>
internal static class SchemaCheck
{
    /// <summary>Adds what is wrong, by the path of the field.</summary>
    public static void Check(JsonNode? schema, JsonElement value, string path, IDictionary<string, string[]> errors)
    {
        if (schema is not JsonObject node)
            return;
        switch (value.ValueKind)
        {
            case JsonValueKind.Null when !MayBeNull(node):
                errors[path] = [SchemaWords.Expected(node)];
                break;
            case var kind when kind != JsonValueKind.Null && !IsOfType(node, value):
                errors[path] = [SchemaWords.Expected(node)];
                break;
            case JsonValueKind.Object when node["properties"] is JsonObject members:
                CheckMembers(node, members, value, path, errors);
                break;
            case JsonValueKind.Array when node["items"] is { } items:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    Check(items, item, $"{path}[{index++}]", errors);
                break;
            case JsonValueKind.String or JsonValueKind.Number when node["enum"] is JsonArray words:
                if (!words.Any(w => w is JsonValue word && word.ToString() == value.ToString()))
                    errors[path] = [SchemaWords.Expected(node)];
                break;
            case JsonValueKind.String when value.GetString()!.Length > (int?)node["maxLength"]:
                errors[path] = [$"Use at most {node["maxLength"]} characters."];
                break;
            case JsonValueKind.Number
            or JsonValueKind.String
                when double.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var number)
                    && IsOutOfRange(node, number):
                errors[path] = [SchemaWords.Expected(node)];
                break;
        }
    }

    private static void CheckMembers(
        JsonObject schema,
        JsonObject members,
        JsonElement value,
        string path,
        IDictionary<string, string[]> errors
    )
    {
        var given = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in value.EnumerateObject())
        {
            given.Add(member.Name);
            if (SchemaWords.Find(members, member.Name) is { } known)
                Check(known, member.Value, $"{path}.{member.Name}", errors);
            else if (schema["additionalProperties"] is JsonValue open && !open.GetValue<bool>())
                errors[$"{path}.{member.Name}"] =
                [
                    $"There is no such field. Use {string.Join(", ", members.Select(m => m.Key))}, or leave it out.",
                ];
        }
        foreach (var name in SchemaWords.Required(schema).Where(n => !given.Contains(n)))
            errors[$"{path}.{name}"] = [$"It is missing. {SchemaWords.Expected(members[name])}"];
    }

    private static bool IsOfType(JsonObject schema, JsonElement value)
    {
        var types = SchemaWords.Types(schema);
        return types.Count == 0
            || value.ValueKind switch
            {
                JsonValueKind.Object => types.Contains("object"),
                JsonValueKind.Array => types.Contains("array"),
                JsonValueKind.String => types.Contains("string"),
                JsonValueKind.True or JsonValueKind.False => types.Contains("boolean"),
                JsonValueKind.Number => types.Contains("number")
                    || types.Contains("integer") && decimal.IsInteger(value.TryGetDecimal(out var n) ? n : 0),
                _ => true,
            };
    }

    private static bool MayBeNull(JsonObject schema) =>
        schema["enum"] is JsonArray words
            ? words.Any(w => w is null)
            : SchemaWords.Types(schema) is var types && (types.Count == 0 || types.Contains("null"));

    private static bool IsOutOfRange(JsonObject schema, double value) =>
        SchemaWords.Types(schema).Any(t => t is "integer" or "number")
        && (value < (double?)schema["minimum"] || value > (double?)schema["maximum"]);
}
