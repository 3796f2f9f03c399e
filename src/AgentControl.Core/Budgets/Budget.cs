using System.Text.Json;
using System.Text.Json.Serialization;
using AgentControl.Core.Json;

namespace AgentControl.Core.Budgets;

/// <summary>What a job may use; null has no limit.</summary>
/// <param name="CostUsd">US dollars of all model calls with a known price, failed ones too.</param>
/// <param name="Tokens">Tokens in and out of all model calls.</param>
/// <param name="ModelCalls">Model steps that were begun; another try of one is no further call.</param>
/// <param name="WallSeconds">Seconds in which the job ran; what it waited is free.</param>
public sealed record Budget(
    decimal? CostUsd = null,
    decimal? Tokens = null,
    decimal? ModelCalls = null,
    decimal? WallSeconds = null
)
{
    /// <summary>The largest limit: far above all use, and far below what a sum of raises could overflow.</summary>
    public const decimal Most = 1_000_000_000_000m;

    /// <summary>The measures as the contract spells them, in the order in which they are told.</summary>
    public static readonly IReadOnlyList<string> Measures = ["costUsd", "tokens", "modelCalls", "wallSeconds"];

    private static readonly string[] _whole = ["tokens", "modelCalls"];

    [JsonIgnore]
    public bool IsEmpty => Measures.All(m => Of(m) is null);

    public decimal? Of(string measure) =>
        measure switch
        {
            "costUsd" => CostUsd,
            "tokens" => Tokens,
            "modelCalls" => ModelCalls,
            "wallSeconds" => WallSeconds,
            _ => null,
        };

    public Budget With(string measure, decimal? value) =>
        measure switch
        {
            "costUsd" => this with { CostUsd = value },
            "tokens" => this with { Tokens = value },
            "modelCalls" => this with { ModelCalls = value },
            "wallSeconds" => this with { WallSeconds = value },
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "Not a measure."),
        };

    /// <summary>What is not said here comes from the defaults.</summary>
    public Budget Over(Budget? defaults) =>
        new(
            CostUsd ?? defaults?.CostUsd,
            Tokens ?? defaults?.Tokens,
            ModelCalls ?? defaults?.ModelCalls,
            WallSeconds ?? defaults?.WallSeconds
        );

    /// <summary>The limits with something added to them; a measure without a limit stays without.</summary>
    public Budget Plus(Budget more)
    {
        ArgumentNullException.ThrowIfNull(more);
        return Measures.Aggregate(
            this,
            (sum, m) => sum.Of(m) is { } limit && more.Of(m) is { } extra ? sum.With(m, limit + extra) : sum
        );
    }

    /// <summary>Why a number is no limit of the measure; null where it is one.</summary>
    public static string? Problem(string measure, decimal value) =>
        value is <= 0 or > Most ? $"Use a number above 0, at most {Most:0}, or leave it out."
        : _whole.Contains(measure) && value != decimal.Truncate(value) ? "Use a whole number."
        : null;

    /// <summary>Reads a JSON object. Everything that is wrong is told with its field and the remedy.</summary>
    /// <param name="field">What the object is called, in front of its members.</param>
    public static Budget Read(JsonElement json, string field, Action<string, string> wrong)
    {
        ArgumentNullException.ThrowIfNull(wrong);
        var budget = new Budget();
        if (json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return budget;
        if (json.ValueKind != JsonValueKind.Object)
        {
            wrong(field, $"Use an object with {string.Join(", ", Measures)}, or leave it out.");
            return budget;
        }
        foreach (var member in json.EnumerateObject())
        {
            var name = $"{field}.{member.Name}";
            if (!Measures.Contains(member.Name))
                wrong(name, $"This is not known. Use {string.Join(", ", Measures)}.");
            else if (member.Value.ValueKind == JsonValueKind.Null)
                continue;
            else if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetDecimal(out var value))
                wrong(name, $"Use a number above 0, at most {Most:0}, or leave it out.");
            else if (Problem(member.Name, value) is { } why)
                wrong(name, why);
            else
                budget = budget.With(member.Name, value);
        }
        return budget;
    }

    /// <summary>Reads what was stored; what is no budget has no limits.</summary>
    public static Budget Stored(string? json)
    {
        if (json is null)
            return new Budget();
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement, "budget", (_, _) => { });
    }

    /// <summary>As it is stored; null where there is no limit.</summary>
    public string? ToJson()
    {
        var limits = Measures.Where(m => Of(m) is not null).ToDictionary(m => m, m => Of(m)!.Value);
        return limits.Count == 0 ? null : JsonSerializer.Serialize(limits, JournalJson.Options);
    }
}
