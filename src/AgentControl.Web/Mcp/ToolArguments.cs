using System.Text.Json;
using AgentControl.Core.LanguageModels;
using AgentControl.Web.Hosting;

namespace AgentControl.Web.Mcp;

/// <summary>Reads a call's arguments as strictly as REST reads a body: what does not fit is told by name, with its remedy.</summary>
internal static class ToolArguments
{
    private const string Root = "arguments";

    /// <summary>What is doubled could be read in two ways.</summary>
    private static readonly JsonDocumentOptions _once = new() { AllowDuplicateProperties = false };

    /// <exception cref="ProblemException">They do not fit the tool's schema.</exception>
    public static T Read<T>(IDictionary<string, JsonElement>? given, ToolShape<T> shape)
        where T : class
    {
        var utf8 = Whole(given);
        JsonDoor.Check(utf8, typeof(T));
        try
        {
            using var arguments = JsonDocument.Parse(utf8, _once);
            var (value, problems) = shape.Read(arguments.RootElement.Clone());
            return value ?? throw new ProblemException(Problems.BadFields(ByField(problems)));
        }
        catch (JsonException)
        {
            throw new ProblemException(Problems.BadField(Root, "A field stands there twice. Give each field once."));
        }
    }

    private static byte[] Whole(IDictionary<string, JsonElement>? given)
    {
        using var whole = new MemoryStream();
        using (var writer = new Utf8JsonWriter(whole))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in given ?? new Dictionary<string, JsonElement>())
            {
                writer.WritePropertyName(name);
                // As it came: half a surrogate pair is told by the door, not by the writer.
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
            }
            writer.WriteEndObject();
        }
        return whole.ToArray();
    }

    /// <summary>From <c>arguments.limit: Give a whole number.</c></summary>
    private static Dictionary<string, string[]> ByField(IReadOnlyList<string> problems)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var problem in problems)
        {
            var end = problem.IndexOf(": ", StringComparison.Ordinal);
            var path = end < 0 ? "" : problem[..end];
            var field = path.StartsWith(Root + ".", StringComparison.Ordinal) ? path[(Root.Length + 1)..] : Root;
            errors.TryAdd(field, [end < 0 ? problem : problem[(end + 2)..]]);
        }
        return errors;
    }
}
