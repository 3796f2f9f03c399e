using AgentControl.Core.Schedules;

namespace AgentControl.Core.Tests.Schedules;

public sealed class CronSentenceTests
{
    [Theory]
    [InlineData("0 2 * * 1-5", "Every weekday at 02:00")]
    [InlineData("0 2 * * *", "Every day at 02:00")]
    [InlineData("@daily", "Every day at 00:00")]
    [InlineData("@hourly", "Every hour")]
    [InlineData("@weekly", "Every Sunday at 00:00")]
    [InlineData("@monthly", "On day 1 of the month at 00:00")]
    [InlineData("@yearly", "On day 1 of the month in January at 00:00")]
    [InlineData("@every_minute", "Every minute")]
    [InlineData("@every_second", "Every second")]
    [InlineData("* * * * *", "Every minute")]
    [InlineData("*/5 * * * *", "Every 5 minutes")]
    [InlineData("*/7 * * * *", "Every 7 minutes, counted anew from each hour")]
    [InlineData("15 * * * *", "Every hour at minute 15")]
    [InlineData("5,20,50 * * * *", "Every hour at minutes 5, 20 and 50")]
    [InlineData("*/15 9-17 * * MON-FRI", "Every 15 minutes from 09:00 to 17:45 on weekdays")]
    [InlineData("* 9 * * *", "Every minute from 09:00 to 09:59")]
    [InlineData("30 9-17 * * *", "Every hour from 09:30 to 17:30")]
    [InlineData("0 */2 * * *", "Every 2 hours from 00:00")]
    [InlineData("0 */6 * * *", "Every day at 00:00, 06:00, 12:00 and 18:00")]
    [InlineData("0 9,17 * * 1,3,5", "Every Monday, Wednesday and Friday at 09:00 and 17:00")]
    [InlineData("0 0 * * 0,6", "Every Saturday and Sunday at 00:00")]
    [InlineData("0 0 * * FRI-MON", "Every Monday, Friday, Saturday and Sunday at 00:00")]
    [InlineData("0 0 * * 7", "Every Sunday at 00:00")]
    [InlineData("0 4 1,15 * *", "On days 1 and 15 of the month at 04:00")]
    [InlineData("0 4 1 */3 *", "On day 1 of the month in January, April, July and October at 04:00")]
    [InlineData("0 4 * JUN-AUG *", "Every day at 04:00 from June to August")]
    [InlineData("0 4 L * *", "On the last day of the month at 04:00")]
    [InlineData("0 4 L-2 * *", "2 days before the last of the month at 04:00")]
    [InlineData("0 4 LW * *", "On the last weekday of the month at 04:00")]
    [InlineData("0 4 15W * *", "On the weekday nearest to day 15 of the month at 04:00")]
    [InlineData("0 4 * * MON#2", "On the second Monday of the month at 04:00")]
    [InlineData("0 4 * * 5L", "On the last Friday of the month at 04:00")]
    [InlineData("0 0 13 * FRI", "On day 13 of the month, if it is a Friday, at 00:00")]
    [InlineData("0 0 1-7 * MON", "On days 1 to 7 of the month, if it is a Monday, at 00:00")]
    [InlineData("30 0 2 * * *", "Every day at 02:00:30")]
    [InlineData("*/10 * * * * *", "Every 10 seconds")]
    [InlineData("5,10 * * * * *", "Every day at seconds 5 and 10 of every minute")]
    [InlineData("0 */5 * * * *", "Every 5 minutes")]
    [InlineData("0 22-2 * * *", "Every day at 00:00, 01:00, 02:00, 22:00 and 23:00")]
    [InlineData("10,20 1,2,3,4 * * *", "Every day at minutes 10 and 20 in the hours 1 to 4")]
    public void A_rule_reads_as_a_sentence(string cron, string sentence) =>
        Assert.Equal(sentence, CronSentence.Of(cron));

    [Theory]
    [InlineData("0 4 L,15 * *")]
    [InlineData("0 4 * * MON#9")]
    [InlineData("nonsense")]
    [InlineData("0 x * * *")]
    public void What_it_cannot_say_it_shows_as_it_is_written(string cron) =>
        Assert.Equal($"By the rule {cron}", CronSentence.Of(cron));
}
