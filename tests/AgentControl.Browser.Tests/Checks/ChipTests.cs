using AgentControl.Browser.Tests.Pages;
using AgentControl.Web.Shared;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class ChipTests(CheckedProgram program)
{
    // Colours go through a canvas, so that whatever form the style sheet uses becomes numbers.
    private const string Read = """
        chips => {
          const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const rgba = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
          const under = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] > 250) return c; } return [255, 255, 255, 255]; };
          const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const hueOf = (chip) => { const probe = chip.appendChild(document.createElement("i")); probe.style.color = "var(--ac-hue)"; const hue = getComputedStyle(probe).color; probe.remove(); return hue; };
          return chips.map((chip) => {
            const style = getComputedStyle(chip), own = rgba(style.backgroundColor), hue = rgba(hueOf(chip));
            const [a, b] = [light(rgba(style.color)), light(under(chip))].sort((x, y) => y - x);
            return {
              state: chip.dataset.state, text: chip.innerText.trim(), shape: chip.querySelector("svg")?.innerHTML ?? "",
              solid: own[3] > 250 && own.slice(0, 3).join() === hue.slice(0, 3).join(), contrast: (a + 0.05) / (b + 0.05),
            };
          });
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A03_The_fifteen_chips_differ_in_words_and_shape_and_are_readable(ColorScheme scheme)
    {
        await using var context = await program.OpenAsync(new() { ColorScheme = scheme });
        var page = await context.NewPageAsync();
        await page.OpenAsync("/jobs?q=chip-");
        var chips = page.Locator("[data-testid=job-row] [data-state]");
        await Assertions.Expect(chips).ToHaveCountAsync(StateLook.All.Length);
        var seen = await chips.EvaluateAllAsync<Chip[]>(Read);

        Assert.Equal(StateLook.All.Select(l => (l.Key, l.Label)).Order(), seen.Select(c => (c.State, c.Text)).Order());
        Assert.DoesNotContain(seen, c => c.Shape.Length == 0);
        Assert.Equal(seen.Length, seen.Select(c => c.Shape).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(
            ["failed", "needs_approval"],
            seen.Where(c => c.Solid).Select(c => c.State).Order(StringComparer.Ordinal)
        );
        Assert.All(seen, c => Assert.True(c.Contrast >= 4.5, $"{c.State}: {c.Contrast:0.00}"));
    }

    private sealed class Chip
    {
        public string State { get; set; } = "";
        public string Text { get; set; } = "";
        public string Shape { get; set; } = "";
        public bool Solid { get; set; }
        public double Contrast { get; set; }
    }
}
