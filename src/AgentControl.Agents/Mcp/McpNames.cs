namespace AgentControl.Agents.Mcp;

/// <summary>What a model calls a server's tool: <c>server__tool</c>. Providers take letters, digits, '-' and '_', 64 of them at most.</summary>
public static class McpNames
{
    public const int Longest = 64;
    private const string Between = "__";

    public static string Of(string server, string tool) => server + Between + tool;

    /// <summary>Whether a name is one of a server's tool; the server's part is in <paramref name="server"/>.</summary>
    public static bool IsOne(string name, out string server)
    {
        ArgumentNullException.ThrowIfNull(name);
        var end = name.IndexOf(Between, StringComparison.Ordinal);
        server = end > 0 ? name[..end] : "";
        return end > 0 && end + Between.Length < name.Length;
    }

    public static bool IsOne(string name) => IsOne(name, out _);

    /// <summary>Why a model cannot be told of a name; null where it can.</summary>
    public static string? Problem(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length > Longest ? $"'{name}' has more than {Longest} characters."
            : name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? null
            : $"'{name}' has other characters than letters, digits, '-' and '_'.";
    }
}
