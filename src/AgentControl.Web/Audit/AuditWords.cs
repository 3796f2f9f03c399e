using System.Text;
using System.Text.Json;
using AgentControl.Engine.Audit;
using AgentControl.Web.Approvals;

namespace AgentControl.Web.Audit;

/// <summary>Lines of the audit log as people read them.</summary>
internal static class AuditWords
{
    private static readonly JsonSerializerOptions _pretty = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        // It is shown as text in a page, never put into markup as it is.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>"job.forceStopped" → "force stopped".</summary>
    public static string Did(string action) => Spoken(action[(action.IndexOf('.', StringComparison.Ordinal) + 1)..]);

    /// <summary>"job.forceStopped" → "Job: force stopped".</summary>
    public static string Choice(string action)
    {
        var subject = Spoken(action.Split('.')[0]);
        return $"{char.ToUpperInvariant(subject[0])}{subject[1..]}: {Did(action)}";
    }

    /// <summary>"job invoice-117", by the name that it had then.</summary>
    public static string Target(AuditLine line)
    {
        var (kind, id) = Split(line.Target);
        return id.Length == 0 ? Spoken(kind) : $"{Spoken(kind)} {line.TargetName ?? id}";
    }

    /// <summary>Where the thing is found today; null where it has no page.</summary>
    public static string? Href(string target)
    {
        var (kind, id) = Split(target);
        return kind switch
        {
            "job" => $"/jobs/{Escaped(id)}",
            "approval" => $"/approvals/{Escaped(id)}",
            "service" => $"/services/{Escaped(id)}",
            "schedule" => $"/schedules/{Escaped(id)}",
            "agent" => $"/agents/{Escaped(id)}",
            "file" or "workspace" => $"/workspace/{string.Join('/', id.Split('/').Select(Escaped))}",
            "note" when id.Split('/', 3) is [_, var agent, var note] =>
                $"/agents/{Escaped(agent)}/notes/{string.Join('/', note.Split('/').Select(Escaped))}",
            "mcpServer" => "/mcp-servers",
            "group" => "/settings/groups",
            "key" => "/settings/keys",
            "policy" or "approvalRule" => "/settings/policies",
            "notificationRule" => "/settings/notifications",
            "queue" => "/queues",
            "failure" => $"/failures/{Escaped(id)}",
            "bulk" => $"/jobs/bulk/{Escaped(id)}",
            "person" or "invitation" => "/settings/users",
            "notification" or "notificationChannel" => "/settings/notifications",
            _ => null,
        };
    }

    /// <summary>What changed, line by line; empty where neither side was written.</summary>
    public static IReadOnlyList<DiffLine> Diff(AuditLine line) =>
        line.Before is null && line.After is null
            ? []
            : [.. LineDiff.Of(Pretty(line.Before), Pretty(line.After)).Where(l => l.Text.Length > 0)];

    private static string Pretty(string? json) =>
        json is null ? "" : JsonSerializer.Serialize(JsonElement.Parse(json), _pretty);

    private static string Escaped(string part) => Uri.EscapeDataString(part);

    private static (string Kind, string Id) Split(string target)
    {
        var colon = target.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (target, "") : (target[..colon], target[(colon + 1)..]);
    }

    private static string Spoken(string camel)
    {
        var text = new StringBuilder(camel.Length + 4);
        foreach (var letter in camel)
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append(' ');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.Length == 0 ? "something" : text.ToString();
    }
}
