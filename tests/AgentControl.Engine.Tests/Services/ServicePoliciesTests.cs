using AgentControl.Engine.Services;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Engine.Tests.Services;

public sealed class ServicePoliciesTests
{
    [Fact]
    public void A_service_that_is_not_configured_has_the_defaults() =>
        Assert.Equal(5, Read([]).Of("model").Retry.MaxRetries);

    [Fact]
    public void What_is_written_stands_instead_of_the_defaults_and_the_rest_stays()
    {
        var policy = Read(
                new()
                {
                    ["model:RequestTimeoutSeconds"] = "45",
                    ["model:Retry:RetryableStatusCodes:0"] = "418",
                    ["model:Retry:RetryableStatusCodes:1"] = "503",
                }
            )
            .Of("Model");
        Assert.Equal(45, policy.RequestTimeoutSeconds);
        Assert.Equal([418, 503], policy.Retry.RetryableStatusCodes);
        Assert.Equal(300, policy.TotalTimeoutSeconds);
        Assert.Equal(0.5, policy.Retry.BaseDelaySeconds);
    }

    [Fact]
    public void A_part_of_a_service_follows_the_service_unless_it_has_a_policy_of_its_own()
    {
        var policies = Read(
            new() { ["fetch:RequestTimeoutSeconds"] = "45", ["fetch@slow.test:RequestTimeoutSeconds"] = "90" }
        );
        Assert.Equal(45, policies.Of("fetch@example.com").RequestTimeoutSeconds);
        Assert.Equal(90, policies.Of("fetch@slow.test").RequestTimeoutSeconds);
        Assert.Equal(20, policies.Of("@example.com").RequestTimeoutSeconds);
    }

    [Theory]
    [InlineData("model:RequestTimeoutSeconds", "0", "AgentControl:Services:model:RequestTimeoutSeconds is 0.")]
    [InlineData("model:RequestTimeoutSeconds", "soon", "AgentControl:Services:model")]
    [InlineData("model:Retry:RetryableStatusCodes:0", "5", "RetryableStatusCodes:0 is '5'. Use an HTTP status")]
    [InlineData("model:Retry:MaxRetry", "5", "MaxRetry")]
    public void A_mistake_is_told_with_its_setting(string setting, string value, string said) =>
        Assert.Contains(
            said,
            Assert.Throws<InvalidOperationException>(() => Read(new() { [setting] = value })).Message,
            StringComparison.Ordinal
        );

    private static ServicePolicies Read(Dictionary<string, string?> services) =>
        ServicePolicies.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(services.ToDictionary(s => $"{ServicePolicies.Section}:{s.Key}", s => s.Value))
                .Build()
        );
}
