using AgentControl.Core.Budgets;
using AgentControl.Engine.Budgets;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Engine.Tests.Budgets;

public sealed class AgentBudgetsTests
{
    [Fact]
    public void An_agents_limits_are_read_and_others_have_none()
    {
        var budgets = Read(("chat:CostUsd", "1.50"), ("chat:ModelCalls", "20"));
        Assert.Equal(new Budget(1.5m, null, 20), budgets.Of("chat"));
        Assert.Null(budgets.Of("other"));
    }

    [Theory]
    [InlineData("chat:CostUsd", "-1", "AgentControl:Budgets:chat:CostUsd is '-1'. Use a number above 0")]
    [InlineData("chat:CostUsd", "much", "AgentControl:Budgets:chat:CostUsd is 'much'. Use a number above 0")]
    [InlineData("chat:Tokens", "1.5", "AgentControl:Budgets:chat:Tokens is '1.5'. Use a whole number.")]
    [InlineData("chat:Dollars", "1", "AgentControl:Budgets:chat:Dollars is not known. Use CostUsd")]
    [InlineData("chat", "1", "AgentControl:Budgets:chat is '1'. Set AgentControl:Budgets:chat:CostUsd")]
    public void A_mistake_is_told_with_its_setting_and_the_remedy(string setting, string value, string said) =>
        Assert.Contains(
            said,
            Assert.Throws<InvalidOperationException>(() => Read((setting, value))).Message,
            StringComparison.Ordinal
        );

    private static AgentBudgets Read(params (string Key, string Value)[] settings) =>
        AgentBudgets.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    settings.Select(s => KeyValuePair.Create($"{AgentBudgets.Section}:{s.Key}", (string?)s.Value))
                )
                .Build()
        );
}
