using System.Text.RegularExpressions;

namespace AgentControl.Engine.Queues;

/// <summary>What a queue may be called: the same rule as Hangfire's.</summary>
public static partial class QueueNames
{
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex("^[a-z0-9_-]{1,50}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pattern();
}
