using AgentControl.Web.Wall;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Web.Tests.Wall;

public sealed class WallOptionsTests
{
    [Fact]
    public void Read_Nothing_NeverDims() => Assert.Equal(new WallOptions(null, null), Read(null, null));

    [Fact]
    public void Read_Hours_AreMinutesAfterMidnight() =>
        Assert.Equal(new WallOptions(22 * 60, (6 * 60) + 30), Read("22:00", "06:30"));

    [Theory]
    [InlineData("22:00", null, "belong together")]
    [InlineData("10 pm", "06:00", "AgentControl:Wall:DimFrom is '10 pm'. Give a time of the day such as 22:00.")]
    [InlineData("22:00", "24:00", "AgentControl:Wall:DimTo is '24:00'.")]
    public void Read_WhatIsNoTime_NamesTheSettingAndTheRemedy(string? from, string? to, string says) =>
        Assert.Contains(
            says,
            Assert.Throws<InvalidOperationException>(() => Read(from, to)).Message,
            StringComparison.Ordinal
        );

    private static WallOptions Read(string? from, string? to) =>
        WallOptions.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection([new("AgentControl:Wall:DimFrom", from), new("AgentControl:Wall:DimTo", to)])
                .Build()
        );
}
