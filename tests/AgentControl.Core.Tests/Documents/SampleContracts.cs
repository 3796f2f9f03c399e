using System.Text.Json;

namespace AgentControl.Core.Tests.Documents;

/// <summary>The sample contracts with their keys.</summary>
internal static class SampleContracts
{
    /// <summary>The rules were written from these.</summary>
    public static readonly string[] Known =
    [
        "distribution",
        "employment",
        "lease",
        "licence",
        "maintenance",
        "nda",
        "partnership",
        "saas",
        "share-purchase",
        "supply",
    ];

    /// <summary>Text and key of these stood before the first rule; no rule is fitted to them.</summary>
    public static readonly string[] HeldOut =
    [
        "consulting-letter",
        "data-processing",
        "event-hire",
        "franchise",
        "loan",
        "settlement",
    ];

    public static string Folder { get; } = FindFolder();

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name + ".txt"));

    public static SampleKey Key(string name) =>
        JsonSerializer.Deserialize<SampleKey>(
            File.ReadAllText(Path.Combine(Folder, name + ".key.json")),
            JsonSerializerOptions.Web
        )!;

    private static string FindFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AgentControl.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "wwwroot-assets", "samples", "contracts");
    }
}

internal sealed record SampleKey(
    string[] Parties,
    SampleDate[] Dates,
    SampleAmount[] Amounts,
    string? GoverningLaw,
    string? Term,
    SampleClause[] Clauses,
    string[] DefinedTerms
);

internal sealed record SampleDate(string Text, DateOnly Iso);

internal sealed record SampleAmount(string Text, decimal Value, string Currency);

internal sealed record SampleClause(string Kind, string Opening, string Closing);
