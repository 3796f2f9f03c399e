using System.Text;

namespace AgentControl.Engine.Control;

/// <summary>What processes tell each other to do: the sender and short orders such as <c>nudge</c> with a job's id, within PostgreSQL's limit of a notification.</summary>
internal static class ControlText
{
    public const string Topic = "agentcontrol_control";

    /// <summary>So many jobs wait for a hand of the resume lane.</summary>
    public const string Resume = "resume";

    /// <summary>Something was asked of a running job.</summary>
    public const string Nudge = "nudge";

    /// <summary>Children of this job have ended.</summary>
    public const string Parent = "parent";

    /// <summary>The settings of this queue were changed.</summary>
    public const string Queue = "queue";

    /// <summary>The circuit of this service was changed.</summary>
    public const string Service = "service";

    /// <summary>This agent was defined anew, or retired.</summary>
    public const string Agent = "agent";

    /// <summary>The tools of this MCP server were accepted.</summary>
    public const string McpServer = "mcpServer";

    /// <summary>This schedule was changed, or did something.</summary>
    public const string Schedule = "schedule";

    /// <summary>The feed of notifications, or what somebody has read of it, changed.</summary>
    public const string Notification = "notification";

    /// <summary>Failures were put to their groups, or somebody decided about a group.</summary>
    public const string Failure = "failure";

    /// <summary>Somebody watches this job: what its steps write is wanted for a while.</summary>
    public const string Watched = "watched";

    /// <summary>PostgreSQL takes 7,999 bytes.</summary>
    private const int MaxLength = 7_900;

    public static string Order(string word, string subject) => $"{word} {subject}";

    public static IEnumerable<string> Write(string sender, IEnumerable<string> orders)
    {
        var text = new StringBuilder(sender);
        foreach (var order in orders)
        {
            if (text.Length + order.Length + 1 > MaxLength)
            {
                yield return text.ToString();
                text.Clear().Append(sender);
            }
            text.Append(';').Append(order);
        }
        if (text.Length > sender.Length)
            yield return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; what has no subject is left out.</summary>
    public static (string Sender, IReadOnlyList<(string Word, string Subject)> Orders) Read(string text)
    {
        var parts = text.Split(';');
        return (
            parts[0],
            [.. parts.Skip(1).Select(p => p.Split(' ')).Where(p => p.Length == 2).Select(p => (p[0], p[1]))]
        );
    }
}
