using AgentControl.Core.Failures;

namespace AgentControl.Core.Tests.Failures;

public sealed class FailureTextTests
{
    [Theory]
    [InlineData("Invoice 8812 is over 1,000.50", "Invoice … is over …")]
    [InlineData("Job j_7Q2FAB3 of worker w-03 and worker12", "Job … of worker w… and worker…")]
    [InlineData("Order 0198f3a2-1c2d-7e3f-8a4b-5c6d7e8f9a0b is gone", "Order … is gone")]
    [InlineData("Block deadbeef01 at 0x1F differs", "Block … at … differs")]
    [InlineData("Unknown column \"price\" in table 'orders'", "Unknown column \"…\" in table \"…\"")]
    [InlineData("Customer “Ångström & Söhne” can't pay, and won't", "Customer \"…\" can't pay, and won't")]
    [InlineData(
        "GET https://me:secret@api.example.org:8443/v1/orders/8812/lines?key=abc#top failed",
        "GET https://api.example.org/v1/orders/…/lines?… failed"
    )]
    [InlineData("Stopped at 2026-11-27T14:02:11.123Z after 12:30", "Stopped at … after …")]
    [InlineData("Cannot read /var/data/acme/in.pdf", "Cannot read …")]
    [InlineData("Cannot read C:\\data\\acme\\in.pdf and inbox/acme/8812.pdf", "Cannot read … and …")]
    [InlineData("erp answered HTTP 503 for 8812", "erp answered HTTP 503 for …")]
    [InlineData("status code: 429, try 3", "status code: 429, try …")]
    [InlineData("erp answered 400: order 8812 is late", "erp answered 400: order … is late")]
    [InlineData("Missing: 1, 2, 3; 4", "Missing: …")]
    [InlineData("Missing: 7", "Missing: …")]
    [InlineData("and/or either way, text/html", "and/or either way, text/html")]
    [InlineData("  one \t two\r\n\r\n  three ", "one two\nthree")]
    public void Variable_parts_go_and_what_says_the_cause_stays(string message, string normal) =>
        Assert.Equal(normal, FailureText.Normalise(message));

    [Theory]
    [InlineData("match#3", "match")]
    [InlineData("doc-12/extract#14", "extract")]
    [InlineData("page 7", "page …")]
    [InlineData("C# code", "C# code")]
    [InlineData("#3", "#…")]
    public void A_step_is_told_by_its_name_without_the_count(string key, string name) =>
        Assert.Equal(name, FailureText.Step(key));

    [Fact]
    public void One_cause_has_one_fingerprint_whatever_job_met_it()
    {
        static string Of(
            string message,
            string step = "match#1",
            string agent = "invoice",
            string type = "erp",
            string? service = "erp"
        ) => FailureCause.Of(agent, type, message, step, service).Fingerprint;
        var one = Of("Invoice 8812 of \"ACME\" was refused");
        Assert.Equal(one, Of("Invoice 17 of \"Umbrella\" was refused", "match#40"));
        Assert.Equal(
            6,
            new[]
            {
                one,
                Of("Invoice 8812 of \"ACME\" was lost"),
                Of("Invoice 8812 of \"ACME\" was refused", step: "book#1"),
                Of("Invoice 8812 of \"ACME\" was refused", agent: "ocr"),
                Of("Invoice 8812 of \"ACME\" was refused", type: "timeout"),
                Of("Invoice 8812 of \"ACME\" was refused", service: null),
            }
                .Distinct()
                .Count()
        );
        // A part that is missing is not one that is empty, and parts do not run into each other.
        Assert.NotEqual(
            FailureCause.Of("a", "b", "m", null, "").Fingerprint,
            FailureCause.Of("a", "b", "m", "", null).Fingerprint
        );
        Assert.NotEqual(
            FailureCause.Of("a\n1:b", "c", "m", null, null).Fingerprint,
            FailureCause.Of("a", "b\n1:c", "m", null, null).Fingerprint
        );
    }

    [Fact]
    public void A_title_is_one_short_line_also_where_the_message_says_nothing()
    {
        Assert.Equal("Order … is gone", FailureText.Title("x", "Order 7 is gone\n   at Program.Main()"));
        Assert.Equal("timeout", FailureText.Title("timeout", "  "));
        Assert.Equal("erp: …", FailureText.Title("erp", "8812"));
        var longest = FailureText.Title("x", string.Concat(Enumerable.Repeat("words and ", 100)));
        Assert.InRange(longest.Length, 100, FailureText.LongestTitle);
        Assert.EndsWith("…", longest, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_meant_to_be_slow_is_not()
    {
        string[] nasty =
        [
            new('"', 8_000),
            new('/', 8_000),
            string.Concat(Enumerable.Repeat("a/", 4_000)),
            string.Concat(Enumerable.Repeat("1,", 4_000)),
            string.Concat(Enumerable.Repeat("http://", 1_000)),
            new('…', 8_000),
            "\u202E\0\uD800" + new string('\'', 5_000),
        ];
        // No backtracking: what is looked at is bounded, and so is the work.
        Assert.All(nasty, text => Assert.InRange(FailureText.Normalise(text).Length, 0, 2 * FailureText.Compared));
    }
}
