using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentControl.Core.Agents;

/// <summary>Holds a value to the limits of its JSON Schema that types alone do not hold: minimum, maximum and enum, at any depth.</summary>
internal static class SchemaLimits
{
    /// <summary>Adds what is wrong, by the path of the field.</summary>
    public static void Check(JsonNode? schema, JsonElement value, string path, IDictionary<string, string[]> errors)
    {
        if (schema is not JsonObject node)
            return;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when node["properties"] is JsonObject members:
                foreach (var member in value.EnumerateObject())
                    Check(members[member.Name], member.Value, $"{path}.{member.Name}", errors);
                break;
            case JsonValueKind.Array when node["items"] is { } items:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    Check(items, item, $"{path}[{index++}]", errors);
                break;
            case JsonValueKind.Number when OutOfRange(node, value.GetDouble()) is { } remedy:
                errors[path] = [remedy];
                break;
            case JsonValueKind.String
                when node["enum"] is JsonArray allowed
                    && !allowed.Any(a => a is JsonValue word && word.ToString() == value.GetString()):
                errors[path] = [$"Use one of {string.Join(", ", allowed.Select(a => a?.ToString() ?? "null"))}."];
                break;
        }
    }

    private static string? OutOfRange(JsonObject schema, double value)
    {
        var least = (double?)schema["minimum"];
        var most = (double?)schema["maximum"];
        return value < least || value > most ? $"Use a number from {least} to {most}." : null;
    }
}
