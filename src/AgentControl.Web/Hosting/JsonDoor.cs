using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace AgentControl.Web.Hosting;

/// <summary>
/// Refuses text that no part behind the door could keep: malformed JSON, broken UTF-8, half a surrogate pair anywhere,
/// and U+0000 in fields that become columns. Payloads (input, value) may carry U+0000: they are kept as bytes.
/// </summary>
internal static class JsonDoor
{
    private const int MaxDepth = 64;

    public static void Check(ReadOnlySpan<byte> utf8, Type target)
    {
        if (utf8.IsEmpty)
            throw Refuse("body", "Send a JSON body.");
        if (!Utf8.IsValid(utf8))
            throw Refuse("body", "The body is no valid UTF-8. Encode the text as UTF-8.");
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        var top = "body";
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                    top = Text(ref reader, "body");
                else if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                    CheckText(ref reader, top, target);
            }
        }
        catch (JsonException problem)
        {
            throw Refuse(
                "body",
                $"Not JSON at line {problem.LineNumber + 1}, byte {problem.BytePositionInLine + 1}: {Plain(problem)}"
            );
        }
    }

    /// <summary>Whether text of a column may hold this.</summary>
    public static bool IsPlain(string text) => !text.Contains('\0', StringComparison.Ordinal);

    private static void CheckText(ref Utf8JsonReader reader, string top, Type target)
    {
        if (!reader.ValueIsEscaped)
            return;
        var text = Text(ref reader, top);
        if (!IsPlain(text) && !IsPayload(target, top))
            throw Refuse(top, "The text contains the character U+0000. Remove it.");
    }

    private static string Text(ref Utf8JsonReader reader, string field)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Refuse(
                field,
                "The text contains half of a surrogate pair (\\uD800–\\uDFFF alone). Send whole characters."
            );
        }
    }

    private static bool IsPayload(Type target, string field)
    {
        if (target == typeof(JsonElement))
            return true;
        var type = target
            .GetProperty(field, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)
            ?.PropertyType;
        return type == typeof(JsonElement)
            || type == typeof(JsonElement?)
            || type == typeof(IReadOnlyList<JsonElement>)
            || type == typeof(JsonNode);
    }

    private static string Plain(JsonException problem) => problem.Message.Split(" LineNumber:")[0];

    private static ProblemException Refuse(string field, string remedy) => new(Problems.BadField(field, remedy));
}
