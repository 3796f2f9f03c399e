using AgentControl.Core.Anomalies;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Engine.Anomalies;

/// <summary>Reads the section <c>AgentControl:Anomalies</c>.</summary>
internal static class AnomalySettings
{
    public const string Section = "AgentControl:Anomalies";

    /// <exception cref="InvalidOperationException">Something is no rule; the message names every setting and the remedy.</exception>
    public static AnomalyRules Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var rules =
            configuration.GetSection(Section).Get<AnomalyRules>(o => o.ErrorOnUnknownConfiguration = true)
            ?? new AnomalyRules();
        var problems = rules.Problems(Section).ToArray();
        return problems.Length == 0
            ? rules
            : throw new InvalidOperationException(string.Join(Environment.NewLine, problems));
    }
}
