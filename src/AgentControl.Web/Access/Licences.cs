using System.Text.Json;

namespace AgentControl.Web.Access;

/// <summary>A package or font that the program brings along.</summary>
internal sealed record Ingredient(string Name, string Version, string Licence);

/// <summary>What the program is made of, read from the list that the build puts beside it.</summary>
internal static class Licences
{
    private const string Mit = "MIT";

    /// <summary>Those that are not MIT, by the beginning of their names.</summary>
    private static readonly (string Prefix, string Licence)[] _others =
    [
        ("Anthropic", "Apache-2.0"),
        ("Dapper", "Apache-2.0"),
        ("ModelContextProtocol", "Apache-2.0"),
        ("OpenTelemetry", "Apache-2.0"),
        ("Hangfire", "LGPL-3.0"),
        ("Markdig", "BSD-2-Clause"),
        ("Npgsql", "PostgreSQL"),
        ("Polly", "BSD-3-Clause"),
    ];

    /// <summary>Whole names and beginnings of names under the MIT licence.</summary>
    private static readonly string[] _mit =
    [
        "AngleSharp",
        "BouncyCastle.Cryptography",
        "Cronos",
        "HtmlSanitizer",
        "Humanizer.Core",
        "MailKit",
        "Microsoft.",
        "MimeKit",
        "Mono.TextTemplating",
        "MudBlazor",
        "Newtonsoft.Json",
        "OpenAI",
        "Scalar.AspNetCore",
        "System.",
    ];

    private static readonly Ingredient[] _assets =
    [
        new("Atkinson Hyperlegible Next", "font", "OFL-1.1"),
        new("Atkinson Hyperlegible Mono", "font", "OFL-1.1"),
        new("Lucide", "icons", "ISC"),
    ];

    public static IReadOnlyList<Ingredient> All { get; } = [.. _assets, .. Packages(AppContext.BaseDirectory)];

    /// <summary>Null for a package whose licence nobody has looked up yet.</summary>
    internal static string? Of(string package) =>
        _others.FirstOrDefault(o => package.StartsWith(o.Prefix, StringComparison.Ordinal)).Licence
        ?? (_mit.Any(m => package.StartsWith(m, StringComparison.Ordinal)) ? Mit : null);

    private static IEnumerable<Ingredient> Packages(string folder)
    {
        var file = Path.Combine(folder, "AgentControl.Web.deps.json");
        if (!File.Exists(file))
            return [];
        using var list = JsonDocument.Parse(File.ReadAllBytes(file));
        return
        [
            .. list
                .RootElement.GetProperty("libraries")
                .EnumerateObject()
                .Where(l => l.Value.GetProperty("type").GetString() == "package")
                .Select(l => l.Name.Split('/'))
                .Select(p => new Ingredient(p[0], p[1], Of(p[0]) ?? "see the package"))
                .OrderBy(i => i.Name, StringComparer.OrdinalIgnoreCase),
        ];
    }
}
