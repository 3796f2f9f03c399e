using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentControl.Web.Jobs.Form;

/// <summary>Reading and writing JSON for people.</summary>
internal static class FormJson
{
    /// <summary>Umlauts and quotes stay readable; the text is shown as text, never as markup.</summary>
    public static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static bool Parse(string text, out JsonNode? node)
    {
        try
        {
            node = JsonNode.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            node = null;
            return false;
        }
    }

    /// <summary>Null where the text is no number as JSON writes it.</summary>
    public static JsonNode? Number(string text) =>
        Parse(text.Trim(), out var node) && node?.GetValueKind() == JsonValueKind.Number ? node : null;
}
