using System.Globalization;
using AgentControl.Core.Services;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Engine.Services;

/// <summary>How each service is called: the section <c>AgentControl:Services</c>, and the defaults for those that are not in it.</summary>
public sealed class ServicePolicies
{
    public const string Section = "AgentControl:Services";
    private static readonly ServicePolicy _default = new();
    private readonly Dictionary<string, ServicePolicy> configured;

    private ServicePolicies(Dictionary<string, ServicePolicy> configured) => this.configured = configured;

    /// <summary>Names of the services that are configured.</summary>
    public IReadOnlyCollection<string> Names => configured.Keys;

    /// <summary>The policy of a service. A service called <c>name@part</c>, such as one of many hosts, follows that of <c>name</c>.</summary>
    public ServicePolicy Of(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (configured.TryGetValue(service, out var own))
            return own;
        var part = service.IndexOf('@', StringComparison.Ordinal);
        return part > 0 ? configured.GetValueOrDefault(service[..part], _default) : _default;
    }

    /// <exception cref="InvalidOperationException">Something is no policy; the message names every setting and the remedy.</exception>
    public static ServicePolicies Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var policies = new Dictionary<string, ServicePolicy>(StringComparer.OrdinalIgnoreCase);
        var problems = new List<string>();
        foreach (var service in configuration.GetSection(Section).GetChildren())
        {
            try
            {
                policies[service.Key] = ReadOne(service);
                problems.AddRange(policies[service.Key].Problems(service.Path));
            }
            catch (InvalidOperationException wrong)
            {
                problems.Add(wrong.Message);
            }
        }
        return problems.Count == 0
            ? new ServicePolicies(policies)
            : throw new InvalidOperationException(string.Join(Environment.NewLine, problems));
    }

    private static ServicePolicy ReadOne(IConfigurationSection service)
    {
        var policy = service.Get<ServicePolicy>(o => o.ErrorOnUnknownConfiguration = true) ?? _default;
        // The binder adds to the list of the defaults; what is written stands instead of it.
        var codes = service.GetSection("Retry:RetryableStatusCodes").GetChildren().ToArray();
        return codes.Length == 0
            ? policy
            : policy with
            {
                Retry = policy.Retry with { RetryableStatusCodes = [.. codes.Select(Status)] },
            };
    }

    private static int Status(IConfigurationSection code) =>
        int.TryParse(code.Value, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599
            ? status
            : throw new InvalidOperationException($"{code.Path} is '{code.Value}'. Use an HTTP status, 100 to 599.");
}
