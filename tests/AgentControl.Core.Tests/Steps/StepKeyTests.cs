using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;
using CsCheck;

namespace AgentControl.Core.Tests.Steps;

public sealed class StepKeyTests
{
    private static readonly Gen<string> Name = Gen.String[Gen.Char.AlphaNumeric, 1, 20];

    [Fact]
    public void Keys_of_different_places_differ_and_tell_their_scope() =>
        Gen.Select(Name, Name, Gen.Int[1, 50], Gen.Int[1, 50], Gen.Int[0, 99])
            .Sample(
                (scope, name, count, other, index) =>
                {
                    var item = StepKey.Item("", scope, count, index);
                    var key = StepKey.Of(item, name, count);
                    return StepKey.ScopeOf(key) == item
                        && StepKey.ScopeOf(StepKey.Of("", name, count)) == ""
                        && (StepKey.Of(item, name, other) == key) == (other == count);
                }
            );

    [Theory]
    [InlineData(497, true)]
    [InlineData(499, false)]
    public void A_key_is_bounded_and_says_so(int length, bool fits)
    {
        var name = new string('n', length);
        if (fits)
            Assert.Equal(length + 2, StepKey.Of("", name, 1).Length);
        else
            Assert.Equal("keyTooLong", Assert.Throws<PermanentFailureException>(() => StepKey.Of("", name, 1)).Type);
    }
}
