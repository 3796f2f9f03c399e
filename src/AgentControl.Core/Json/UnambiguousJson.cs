using System.Text.Json;

namespace AgentControl.Core.Json;

/// <summary>JSON that everybody reads in the same way: what a person approved is what runs.</summary>
public static class UnambiguousJson
{
    /// <summary>Why a value could be read in two ways, or not at all, with the remedy. Null where all is well.</summary>
    public static string? Problem(JsonElement value)
    {
        try
        {
            return Doubt(value);
        }
        catch (InvalidOperationException)
        {
            // What JsonElement throws for text that is no UTF-16.
            return "It holds half of a surrogate pair. Send whole characters.";
        }
    }

    private static string? Doubt(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                return null;
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(Doubt).FirstOrDefault(problem => problem is not null);
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                foreach (var field in value.EnumerateObject())
                {
                    if (!names.Add(field.Name))
                        return $"The field '{field.Name}' stands there twice. Give each field once.";
                    if (Doubt(field.Value) is { } problem)
                        return problem;
                }
                return null;
            default:
                return null;
        }
    }
}
