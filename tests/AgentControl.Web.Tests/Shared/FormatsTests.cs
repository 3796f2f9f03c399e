using AgentControl.Web.Shared;

namespace AgentControl.Web.Tests.Shared;

public sealed class FormatsTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 21, 14, 32, 7, TimeSpan.Zero);

    [Theory]
    [InlineData(0.64, "640 ms")]
    [InlineData(42.9, "42 s")]
    [InlineData(192, "3 min 12 s")]
    [InlineData(180, "3 min")]
    [InlineData(7500, "2 h 05 min")]
    [InlineData(273_600, "3 d 4 h")]
    [InlineData(259_200, "3 d")]
    [InlineData(-5, "0 ms")]
    public void Duration_AnySpan_HasTwoUnits(double seconds, string words) =>
        Assert.Equal(words, Formats.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-190, "3 min ago")]
    [InlineData(40, "in 40 s")]
    [InlineData(-7300, "2 h ago")]
    [InlineData(-200_000, "19 Nov 06:58 UTC")]
    public void Time_Auto_IsRelativeUnderADay(int seconds, string words) =>
        Assert.Equal(words, Formats.Time(_now.AddSeconds(seconds), TimeForm.Auto, _now));

    [Theory]
    [InlineData(-40, "40 s")]
    [InlineData(-1400, "23 min")]
    [InlineData(-15_000, "4 h")]
    [InlineData(-200_000, "2 d")]
    [InlineData(5, "0 s")]
    public void Time_Age_HasOneUnit(int seconds, string words) =>
        Assert.Equal(words, Formats.Time(_now.AddSeconds(seconds), TimeForm.Age, _now));

    [Theory]
    [InlineData(2026, 11, 21, "09:05 UTC")]
    [InlineData(2026, 3, 2, "2 Mar 09:05 UTC")]
    [InlineData(2025, 12, 31, "31 Dec 2025 09:05 UTC")]
    public void Absolute_ByDistance_NamesDayAndYear(int year, int month, int day, string words) =>
        Assert.Equal(words, Formats.Absolute(new DateTimeOffset(year, month, day, 9, 5, 0, TimeSpan.Zero), _now));

    [Theory]
    [InlineData(2520, "~42 min")]
    [InlineData(-720, "12 min over")]
    [InlineData(30, "~30 s")]
    [InlineData(7500, "~2 h 05 min")]
    public void Eta_LeftOrOver_IsAnEstimate(int seconds, string words) =>
        Assert.Equal(words, Formats.Eta(_now.AddSeconds(seconds), _now));

    [Fact]
    public void Utc_AnyZone_IsUtc() =>
        Assert.Equal("2026-11-21T14:32:07.000Z", Formats.Utc(_now.ToOffset(TimeSpan.FromHours(9))));

    [Fact]
    public void Log_Time_HasMilliseconds() =>
        Assert.Equal("14:32:07.114", Formats.Time(_now.AddMilliseconds(114), TimeForm.Log, _now));

    [Theory]
    [InlineData(3.41, "$3.41")]
    [InlineData(0.0042, "$0.0042")]
    [InlineData(0, "$0.00")]
    [InlineData(12345.6, "$12,345.60")]
    public void Cost_Known_HasCentsOrFourPlaces(double usd, string words) =>
        Assert.Equal(words, Formats.Cost((decimal)usd));

    [Fact]
    public void Cost_Unknown_IsADash() => Assert.Equal("–", Formats.Cost(null));

    [Theory]
    [InlineData(12_345, "12,345", "12.3 k")]
    [InlineData(999, "999", "999")]
    [InlineData(1_200_000, "1,200,000", "1.2 M")]
    public void Numbers_InTablesAndTiles_Differ(long value, string table, string tile)
    {
        Assert.Equal(table, Formats.Number(value));
        Assert.Equal(tile, Formats.Short(value));
    }

    [Theory]
    [InlineData(62.4, "62 %")]
    [InlineData(99.9, "99 %")]
    [InlineData(100, "100 %")]
    [InlineData(-3, "0 %")]
    public void Percent_Progress_IsNeverAheadOfTheWork(double percent, string words) =>
        Assert.Equal(words, Formats.Percent(percent));

    [Fact]
    public void Rate_Fraction_HasOneDecimal() => Assert.Equal("96.8 %", Formats.Rate(0.9681));

    [Theory]
    [InlineData(640, "640 B")]
    [InlineData(38_200, "38 kB")]
    [InlineData(1_230_000, "1.2 MB")]
    [InlineData(2_000_000_000, "2.0 GB")]
    public void Bytes_AnySize_HasOneUnit(long bytes, string words) => Assert.Equal(words, Formats.Bytes(bytes));

    [Theory]
    [InlineData(1, "1 job")]
    [InlineData(214, "214 jobs")]
    [InlineData(0, "0 jobs")]
    public void Count_OneOrMany_AgreesWithItsWord(long count, string words) =>
        Assert.Equal(words, Formats.Count(count, "job"));
}
