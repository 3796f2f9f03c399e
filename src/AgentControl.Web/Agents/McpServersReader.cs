using System.Globalization;
using AgentControl.Agents.Mcp;

namespace AgentControl.Web.Agents;

/// <summary>Reads <c>AgentControl:McpServers</c> and tells everything that is wrong with it at once, each with its key and the remedy.</summary>
internal sealed class McpServersReader
{
    public const string Section = "AgentControl:McpServers";
    private const int LongestTime = 3_600;
    private static readonly string[] _ofPrograms = ["Command", "Arguments", "Environment", "WorkingDirectory"];
    private static readonly string[] _ofAddresses = ["Url", "Headers"];
    private static readonly string[] _keys = [.. _ofPrograms, .. _ofAddresses, "TimeoutSeconds", "Tools"];
    private readonly List<string> problems = [];

    /// <exception cref="InvalidOperationException">Something is wrong; the message names every key and the remedy.</exception>
    public static IReadOnlyList<McpServerSettings> Read(IConfiguration configuration)
    {
        var reader = new McpServersReader();
        var all = configuration.GetSection(Section).GetChildren().Select(reader.ReadOne).ToList();
        return reader.problems.Count == 0
            ? all
            : throw new InvalidOperationException(string.Join(Environment.NewLine, reader.problems));
    }

    private McpServerSettings ReadOne(IConfigurationSection section)
    {
        if (!McpServerSettings.IsName(section.Key))
            Wrong(
                section.Path,
                "is no name",
                $"Use at most {McpServerSettings.LongestName} of a-z, A-Z, 0-9, '-' and '_', no '__' and no '_' at the end"
            );
        foreach (var key in section.GetChildren().Where(c => !_keys.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
            Wrong(key.Path, "is not known", $"Use {string.Join(", ", _keys)}");
        var (isProgram, isAddress) = (
            !string.IsNullOrWhiteSpace(section["Command"]),
            !string.IsNullOrWhiteSpace(section["Url"])
        );
        if (isProgram == isAddress)
            Wrong(
                section.Path,
                isProgram ? "has both a Command and a Url" : "has neither a Command nor a Url",
                "Set Command to start a program, or Url to reach a server over HTTP"
            );
        else
            Misplaced(section, isProgram ? _ofAddresses : _ofPrograms, isProgram ? "Command" : "Url");
        return new McpServerSettings(section.Key)
        {
            Command = isProgram ? section["Command"] : null,
            Arguments = List(section, "Arguments"),
            Environment = Pairs(section.GetSection("Environment")),
            WorkingDirectory = Folder(section),
            Url = isAddress ? Address(section) : null,
            Headers = Headers(section.GetSection("Headers")),
            TimeoutSeconds = Seconds(section),
            Tools = List(section, "Tools"),
        };
    }

    private void Misplaced(IConfigurationSection section, string[] keys, string chosen)
    {
        foreach (var key in keys.Where(k => section.GetSection(k).Exists()))
            Wrong($"{section.Path}:{key}", $"has no use beside {chosen}", "Remove it");
    }

    private string? Folder(IConfigurationSection section)
    {
        var folder = section["WorkingDirectory"];
        if (folder is not null && !Directory.Exists(folder))
            Wrong($"{section.Path}:WorkingDirectory", $"is '{folder}', which is no folder", "Name one that exists");
        return folder;
    }

    private Uri? Address(IConfigurationSection section)
    {
        var text = section["Url"];
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url.UserInfo.Length == 0
        )
            return url;
        Wrong(
            $"{section.Path}:Url",
            "is no address of a server",
            "Use http:// or https:// with a host, and Headers for what it must be told to let us in"
        );
        return null;
    }

    private Dictionary<string, string> Headers(IConfigurationSection section)
    {
        var headers = Pairs(section);
        foreach (var (name, value) in headers)
        {
            if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || value.Any(char.IsControl))
                Wrong(
                    $"{section.Path}:{name}",
                    "is no header",
                    "Use letters, digits and '-' in its name, and one line"
                );
        }
        return headers;
    }

    private static Dictionary<string, string> Pairs(IConfigurationSection section) =>
        section.GetChildren().ToDictionary(c => c.Key, c => c.Value ?? "", StringComparer.Ordinal);

    private static List<string> List(IConfigurationSection section, string key) =>
        [.. section.GetSection(key).GetChildren().Select(c => c.Value ?? "")];

    private int Seconds(IConfigurationSection section)
    {
        var usual = new McpServerSettings(section.Key).TimeoutSeconds;
        if (section["TimeoutSeconds"] is not { } text)
            return usual;
        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value is >= 1 and <= LongestTime
        )
            return value;
        Wrong($"{section.Path}:TimeoutSeconds", $"is '{text}'", $"Use a whole number from 1 to {LongestTime}");
        return usual;
    }

    private void Wrong(string key, string what, string remedy) => problems.Add($"{key} {what}. {remedy}.");
}
