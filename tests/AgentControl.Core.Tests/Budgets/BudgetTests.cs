using System.Text.Json;
using AgentControl.Core.Budgets;
using CsCheck;

namespace AgentControl.Core.Tests.Budgets;

public sealed class BudgetTests
{
    private static readonly Gen<decimal> _amount = Gen.Int[1, 10_000_000].Select(n => n / 100m);

    [Fact]
    public void A_measure_is_fine_then_warns_at_80_percent_and_is_spent_at_its_limit() =>
        Gen.Select(Gen.Int[0, 3].Select(i => Budget.Measures[i]), _amount, Gen.Int[0, 2000])
            .Sample(
                (measure, limit, permille) =>
                {
                    var used = new Budget().With(measure, limit * permille / 1000m);
                    var reading = Assert.Single(BudgetMeter.Read(used, new Budget().With(measure, limit)));
                    Assert.Equal(
                        permille >= 1000 ? BudgetLevel.Spent
                            : permille >= 800 ? BudgetLevel.Warn
                            : BudgetLevel.Fine,
                        reading.Level
                    );
                }
            );

    [Fact]
    public void More_use_never_lowers_the_level_and_a_larger_limit_never_raises_it() =>
        Gen.Select(_amount, _amount, _amount)
            .Sample(
                (used, limit, more) =>
                {
                    var level = LevelOf(used, limit);
                    Assert.True(LevelOf(used + more, limit) >= level);
                    Assert.True(LevelOf(used, limit + more) <= level);
                }
            );

    [Fact]
    public void Only_measures_with_a_limit_are_read_whatever_is_used() =>
        Gen.Select(Gen.Bool, Gen.Bool, _amount)
            .Sample(
                (cost, tokens, amount) =>
                {
                    var limits = new Budget(cost ? amount : null, tokens ? amount : null);
                    var read = BudgetMeter.Read(new Budget(amount, amount, amount, amount), limits);
                    Assert.Equal((cost ? 1 : 0) + (tokens ? 1 : 0), read.Count);
                    Assert.All(read, r => Assert.Equal(BudgetLevel.Spent, r.Level));
                }
            );

    [Fact]
    public void What_is_written_is_read_again_and_adding_leaves_free_measures_free() =>
        Gen.Select(_amount, Gen.Int[1, 1_000_000], _amount)
            .Sample(
                (cost, calls, more) =>
                {
                    var budget = new Budget(cost, null, calls);
                    Assert.Equal(budget, Budget.Stored(budget.ToJson()));
                    Assert.Equal(new Budget(cost + more, null, calls), budget.Plus(new Budget(more, more)));
                }
            );

    [Theory]
    [InlineData("""{"costUsd":-1}""", "budget.costUsd", "above 0")]
    [InlineData("""{"costUsd":0}""", "budget.costUsd", "above 0")]
    [InlineData("""{"costUsd":"1"}""", "budget.costUsd", "number")]
    [InlineData("""{"costUsd":1e40}""", "budget.costUsd", "number")]
    [InlineData("""{"tokens":1.5}""", "budget.tokens", "whole")]
    [InlineData("""{"modelCalls":true}""", "budget.modelCalls", "number")]
    [InlineData("""{"wallSeconds":[]}""", "budget.wallSeconds", "number")]
    [InlineData("""{"dollars":1}""", "budget.dollars", "costUsd, tokens, modelCalls, wallSeconds")]
    [InlineData("5", "budget", "object")]
    public void A_mistake_is_told_with_its_field_and_the_remedy(string json, string field, string said)
    {
        var problems = new Dictionary<string, string>();
        Budget.Read(JsonElement.Parse(json), "budget", problems.Add);
        Assert.Contains(said, Assert.Contains(field, (IDictionary<string, string>)problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reading_says_its_use_and_its_limit_with_their_unit()
    {
        var read = BudgetMeter.Read(new Budget(0.42m, 1200, 3, 12.34m), new Budget(1, 5000, 5, 60));
        Assert.Equal(
            ["$0.42 of $1.00", "1,200 of 5,000 tokens", "3 of 5 model calls", "12.3 of 60 s"],
            read.Select(r => r.Text)
        );
    }

    private static BudgetLevel LevelOf(decimal used, decimal limit) =>
        Assert.Single(BudgetMeter.Read(new Budget(used), new Budget(limit))).Level;
}
