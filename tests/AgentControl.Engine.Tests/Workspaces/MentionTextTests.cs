using AgentControl.Engine.Workspaces;

namespace AgentControl.Engine.Tests.Workspaces;

public sealed class MentionTextTests
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ana"] = "Ana",
        ["ana maria"] = "Ana Maria",
        ["ben@example.org"] = "Ben",
        ["ben"] = "Ben",
        ["finance-leads"] = "finance-leads",
        ["jörg"] = "Jörg",
    };

    [Theory]
    [InlineData("@ana look", "Ana")]
    [InlineData("@ANA, @ben.", "Ana Ben")]
    [InlineData("(@ana)", "Ana")]
    [InlineData("**@ana** and _@ben_", "Ana Ben")]
    [InlineData("@Ana Maria, please", "Ana Maria")]
    [InlineData("@ana mariana", "Ana")]
    [InlineData("> @ana\n\n- @finance-leads", "Ana finance-leads")]
    [InlineData("@jörg: ja", "Jörg")]
    [InlineData("@@ana", "Ana")]
    [InlineData("@ben@example.org", "Ben")]
    [InlineData("[see @ana](https://example.org)", "Ana")]
    // No names: inside words, addresses, code, unknown, longer ones.
    [InlineData("banana jar", "")]
    [InlineData("mail x@ana now", "")]
    [InlineData("write to me@ben.example.org", "")]
    [InlineData("`@ana` and ``x @ben``", "")]
    [InlineData("```\n@ana\n```", "")]
    [InlineData("~~~ sql\n@ana\n", "")]
    [InlineData("text\n\n    @ana\n", "")]
    [InlineData("https://example.org/@ana", "")]
    [InlineData("<https://example.org/@ana>", "")]
    [InlineData("@anastasia @ana_b @ana.smith @nobody @", "")]
    public void Names_are_found_where_people_mean_them(string text, string names) =>
        Assert.Equal(names, string.Join(' ', MentionText.Find(text, Known).Select(f => f.Target)));

    [Fact]
    public void Nasty_texts_name_nobody_and_take_no_time()
    {
        Assert.Empty(MentionText.Find(new string('>', 20_000) + "@ana", Known));
        Assert.Empty(MentionText.Find(new string('@', 65_000), Known));
        Assert.Equal(10_000, MentionText.Find(string.Concat(Enumerable.Repeat("@ana ", 10_000)), Known).Count);
    }
}
