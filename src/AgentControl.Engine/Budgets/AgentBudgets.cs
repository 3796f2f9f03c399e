using System.Globalization;
using AgentControl.Core.Budgets;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Engine.Budgets;

/// <summary>What each job of an agent may use where its submission does not say it: the section <c>AgentControl:Budgets</c>.</summary>
public sealed class AgentBudgets
{
    public const string Section = "AgentControl:Budgets";
    private readonly Dictionary<string, Budget> byAgent;

    private AgentBudgets(Dictionary<string, Budget> byAgent) => this.byAgent = byAgent;

    public static AgentBudgets None { get; } = new([]);

    public Budget? Of(string agent) => byAgent.GetValueOrDefault(agent);

    /// <exception cref="InvalidOperationException">Something is no budget; the message names every setting and the remedy.</exception>
    public static AgentBudgets Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var all = new Dictionary<string, Budget>(StringComparer.OrdinalIgnoreCase);
        var problems = new List<string>();
        foreach (var agent in configuration.GetSection(Section).GetChildren())
        {
            all[agent.Key] = Read(agent, problems.Add);
        }
        return problems.Count == 0
            ? new AgentBudgets(all)
            : throw new InvalidOperationException(string.Join(Environment.NewLine, problems));
    }

    /// <summary>One budget. What is wrong is told with its setting and the remedy.</summary>
    public static Budget Read(IConfigurationSection section, Action<string> wrong)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(wrong);
        var budget = new Budget();
        if (section.Value is not null)
            wrong($"{section.Path} is '{section.Value}'. Set {section.Path}:CostUsd and its neighbours.");
        foreach (var limit in section.GetChildren())
        {
            var measure = Budget.Measures.FirstOrDefault(m => m.Equals(limit.Key, StringComparison.OrdinalIgnoreCase));
            if (measure is null)
                wrong($"{limit.Path} is not known. Use CostUsd, Tokens, ModelCalls, WallSeconds.");
            else if (!decimal.TryParse(limit.Value, NumberStyles.Number, CultureInfo.InvariantCulture, out var value))
                wrong($"{limit.Path} is '{limit.Value}'. Use a number above 0, or leave it out.");
            else if (Budget.Problem(measure, value) is { } why)
                wrong($"{limit.Path} is '{limit.Value}'. {why}");
            else
                budget = budget.With(measure, value);
        }
        return budget;
    }
}
