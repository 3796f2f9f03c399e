namespace AgentControl.Agents.Mcp;

/// <summary>An MCP server as it is configured: <c>AgentControl:McpServers:{name}</c>. It is a program that is started, or an address.</summary>
public sealed record McpServerSettings(string Name)
{
    public const int LongestName = 32;

    /// <summary>The program to start; null where <see cref="Url"/> is given.</summary>
    public string? Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Beside PATH, HOME and LANG, all that the program sees of an environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string? WorkingDirectory { get; init; }

    /// <summary>The address of a server that speaks streamable HTTP.</summary>
    public Uri? Url { get; init; }

    /// <summary>Sent with every request, such as an authorization.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How long one call may take, and how long it may take to connect and list before it.</summary>
    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>The tools that are offered; all where it is empty.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>How its calls are counted and limited (<c>AgentControl:Services:mcp</c>).</summary>
    public string Service => $"mcp@{Name}";

    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= LongestName
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            && !name.Contains("__", StringComparison.Ordinal)
            && !name.EndsWith('_');
    }
}
