using System.Globalization;

namespace AgentControl.Core.Budgets;

/// <summary>How much of a limit is used.</summary>
public enum BudgetLevel
{
    Fine,

    /// <summary>At least 80 %.</summary>
    Warn,

    /// <summary>All of it.</summary>
    Spent,
}

/// <summary>One measure with its use and its limit.</summary>
public sealed record BudgetReading(string Measure, decimal Used, decimal Limit, BudgetLevel Level)
{
    /// <summary>"$0.42 of $1.00", "1,200 of 5,000 tokens".</summary>
    public string Text => $"{BudgetMeter.Number(Measure, Used)} of {BudgetMeter.Text(Measure, Limit)}";
}

/// <summary>Use against limits: a pure function.</summary>
public static class BudgetMeter
{
    public const decimal WarnAt = 0.8m;

    /// <summary>Every measure that has a limit, in the order of <see cref="Budget.Measures"/>.</summary>
    /// <param name="used">The use, in the shape of a budget; null is none.</param>
    public static IReadOnlyList<BudgetReading> Read(Budget used, Budget limits)
    {
        ArgumentNullException.ThrowIfNull(used);
        ArgumentNullException.ThrowIfNull(limits);
        return
        [
            .. from measure in Budget.Measures
            let limit = limits.Of(measure)
            where limit is not null
            let use = used.Of(measure) ?? 0
            select new BudgetReading(measure, use, limit.Value, Level(use, limit.Value)),
        ];
    }

    private static BudgetLevel Level(decimal used, decimal limit) =>
        used >= limit ? BudgetLevel.Spent
        : used >= limit * WarnAt ? BudgetLevel.Warn
        : BudgetLevel.Fine;

    /// <summary>An amount with its unit.</summary>
    public static string Text(string measure, decimal amount) =>
        Number(measure, amount)
        + measure switch
        {
            "tokens" => " tokens",
            "modelCalls" => amount == 1 ? " model call" : " model calls",
            "wallSeconds" => " s",
            _ => "",
        };

    private static string Unit(string measure) =>
        measure switch
        {
            "costUsd" => "US dollars",
            "tokens" => "tokens",
            "modelCalls" => "model calls",
            "wallSeconds" => "seconds of work",
            _ => measure,
        };

    /// <summary>The unit of one measure; of several with their names: "costUsd in US dollars, tokens".</summary>
    public static string Units(IReadOnlyList<string> measures)
    {
        ArgumentNullException.ThrowIfNull(measures);
        return measures.Count == 1
            ? Unit(measures[0])
            : string.Join(", ", measures.Select(m => Unit(m) == m ? m : $"{m} in {Unit(m)}"));
    }

    internal static string Number(string measure, decimal amount) =>
        amount.ToString(
            measure switch
            {
                "costUsd" => "$#,0.00##",
                "wallSeconds" => amount < 1 ? "0.###" : "#,0.#",
                _ => "#,0",
            },
            CultureInfo.InvariantCulture
        );
}
