using AgentControl.Core.LanguageModels;

namespace AgentControl.Core.Tests.LanguageModels;

public sealed class ModelPricesTests
{
    private static readonly ModelPrices _prices = new([
        new ModelPrice("a:*", 1, 2),
        new ModelPrice("a:big*", 10, 20, 5),
        new ModelPrice("a:big-exact", 100, 200),
    ]);

    [Theory]
    [InlineData("a:small", 1_000_000, 0, 0, 1)]
    [InlineData("a:small", 0, 500_000, 0, 1)]
    [InlineData("a:small", 1_000_000, 0, 1_000_000, 1)]
    [InlineData("a:big-2", 1_000_000, 0, 400_000, 8)]
    [InlineData("a:big-2", 1_000_000, 100_000, 0, 12)]
    [InlineData("a:big-exact", 1_000_000, 1_000_000, 0, 300)]
    [InlineData("a:big-2", 100, 0, 1_000_000, 0.0005)]
    public void The_longest_name_that_fits_holds(string model, long input, long output, long cached, double dollars) =>
        Assert.Equal((decimal)dollars, _prices.Cost(ModelTarget.Parse(model), input, output, cached));

    [Fact]
    public void A_model_without_a_price_has_no_cost() =>
        Assert.Null(_prices.Cost(ModelTarget.Parse("b:small"), 1, 1, 0));

    [Theory]
    [InlineData("anthropic:x", "anthropic", "x")]
    [InlineData("local:llama3:8b", "local", "llama3:8b")]
    public void A_target_is_provider_and_model(string text, string provider, string model)
    {
        var target = ModelTarget.Parse(text);
        Assert.Equal((provider, model, text), (target.Provider, target.Model, target.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(":x")]
    [InlineData("x:")]
    public void What_is_no_target_is_refused(string? text) => Assert.False(ModelTarget.TryParse(text, out _));
}
