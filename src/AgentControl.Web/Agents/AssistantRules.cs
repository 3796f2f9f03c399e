using System.Globalization;
using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Budgets;
using AgentControl.Engine.Queues;

namespace AgentControl.Web.Agents;

/// <summary>What the settings of an assistant must be: their schema, and what no schema says. Everything that is wrong is told at once.</summary>
internal static class AssistantRules
{
    private const string Root = "settings";
    private static readonly string[] _sets = ["agents", "mcpServers"];

    /// <summary>By field what is wrong and the remedy.</summary>
    /// <param name="queues">Those that have workers.</param>
    /// <param name="queueNow">The queue of the version in force; null where there is none.</param>
    public static Dictionary<string, string[]> Check(
        JsonElement settings,
        JsonElement schema,
        IReadOnlyCollection<string> queues,
        string? queueNow
    )
    {
        var errors = new Dictionary<string, string[]>(EditedJson.Read(settings, schema, Root).Errors);
        // Read in two ways it has no fields that could be looked at.
        if (errors.ContainsKey(Root))
            return errors;
        void Wrong(string field, string why) => errors.TryAdd(field, [why]);
        CheckCharacters(settings, Root, Wrong);
        if (Text(settings, "description") is { } description && string.IsNullOrWhiteSpace(description))
            Wrong($"{Root}.description", "It is blank. Say in a few words what the assistant is for.");
        if (Text(settings, "queue") is { } queue && queue != queueNow)
            CheckQueue(queue, queues, Wrong);
        foreach (var set in _sets)
            CheckSet(settings, set, Wrong);
        if (settings.TryGetProperty("budget", out var budget))
            Budget.Read(budget, $"{Root}.budget", Wrong);
        return errors;
    }

    /// <summary>What is wrong with the settings, by the paths of their form.</summary>
    public static Dictionary<string, string[]> OfForm(IReadOnlyDictionary<string, string[]> errors) =>
        errors
            .Where(e => e.Key.StartsWith(Root, StringComparison.Ordinal))
            .ToDictionary(e => "input" + e.Key[Root.Length..], e => e.Value);

    private static string? Text(JsonElement settings, string field) =>
        settings.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static void CheckCharacters(JsonElement value, string field, Action<string, string> wrong)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String when value.GetString()!.Contains('\0', StringComparison.Ordinal):
                wrong(field, "The text contains the character U+0000. Remove it.");
                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                    CheckCharacters(item, string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]"), wrong);
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                    CheckCharacters(member.Value, $"{field}.{member.Name}", wrong);
                break;
        }
    }

    private static void CheckQueue(string queue, IReadOnlyCollection<string> queues, Action<string, string> wrong)
    {
        if (!QueueNames.IsValid(queue))
            wrong($"{Root}.queue", "Use 1 to 50 of a-z, 0-9, '-' and '_'.");
        else if (!queues.Contains(queue, StringComparer.Ordinal))
            wrong(
                $"{Root}.queue",
                $"No worker serves a queue '{queue}'. Use one of {string.Join(", ", queues)}, or give it workers first: PUT /api/v1/queues/{queue}."
            );
    }

    private static void CheckSet(JsonElement settings, string name, Action<string, string> wrong)
    {
        if (!settings.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
            return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            if (item.ValueKind == JsonValueKind.String && !seen.Add(item.GetString()!))
                wrong(
                    string.Create(CultureInfo.InvariantCulture, $"{Root}.{name}[{index}]"),
                    $"'{item.GetString()}' stands there twice. Keep one."
                );
        }
    }
}
