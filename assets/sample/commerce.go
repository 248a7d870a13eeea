package sample

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// weeksTo gives the days by which a day of the data moves, in whole weeks, so that it comes last before today or on it.
func (b *builder) weeksTo(last sales.Date) int {
	days := sales.DaysBetween(last, b.today)
	if days < 0 {
		return -((-days + 6) / 7 * 7)
	}
	return days / 7 * 7
}

// moved shifts a day of the data; "" stays "".
func moved(day string, days int) sales.Date {
	t := sales.Date(day).Time(time.UTC)
	if t.IsZero() {
		return ""
	}
	return sales.DateOf(t.AddDate(0, 0, days))
}

// The last days of the data files, which move to today.
const (
	lastShipment = "2026-11-20"
	lastInvoice  = "2026-11-02"
	lastDeal     = "2017-12-31"
)

func (b *builder) addProducts() error {
	table, err := rows("crm/products.csv")
	for _, row := range table {
		p := sales.Product{
			ID: id("product", row[0]), Code: row[0], Name: row[0], Series: row[1], Price: minor(row[2]), Currency: sales.DefaultCurrency, Active: true,
		}
		b.products = append(b.products, p)
		b.add(p)
	}
	return err
}

func (b *builder) addShipments() error {
	table, err := rows("shipments.csv")
	days := b.weeksTo(lastShipment)
	lines := map[string]int{}
	for _, row := range table {
		order, partner, code := row[0], row[1], row[2]
		lines[order+"/"+code]++
		if !b.kept[partner] {
			continue
		}
		key := fmt.Sprintf("%s/%s/%d", order, code, lines[order+"/"+code])
		at, err := time.ParseInLocation("2006-01-02T15:04:05", row[6], b.now.Location())
		if err != nil {
			return fmt.Errorf("read shipment %s: %w", order, err)
		}
		quantity, err := strconv.ParseInt(row[4], 10, 64)
		if err != nil {
			return fmt.Errorf("read shipment %s: %w", order, err)
		}
		b.add(sales.Shipment{
			ID: id("shipment", key), Key: key, OrderNo: order, PartnerID: id("partner", partner), ProductCode: code, ProductName: row[3],
			Quantity: quantity, UnitPrice: minor(row[5]), Amount: quantity * minor(row[5]), Currency: sales.DefaultCurrency,
			ShippedAt: sales.InstantOf(at.AddDate(0, 0, days)),
		})
	}
	return err
}

// addReceivables leaves open what would be settled after today.
func (b *builder) addReceivables() error {
	table, err := rows("receivables.csv")
	days := b.weeksTo(lastInvoice)
	for _, row := range table {
		if !b.kept[row[1]] {
			continue
		}
		r := sales.Receivable{
			ID: id("receivable", row[0]), InvoiceNo: row[0], PartnerID: id("partner", row[1]), Amount: minor(row[2]), Currency: sales.DefaultCurrency,
			InvoicedOn: moved(row[3], days), DueOn: moved(row[4], days), SettledOn: moved(row[5], days), Disputed: row[6] == "Yes",
		}
		if r.SettledOn > b.today {
			r.SettledOn = ""
		}
		b.add(r)
	}
	return err
}

// productNamed finds a product by its name as the pipeline spells it: "GTXPro" is "GTX Pro".
func (b *builder) productNamed(name string) sales.Product {
	plain := func(s string) string { return strings.ReplaceAll(s, " ", "") }
	for _, p := range b.products {
		if plain(p.Name) == plain(name) {
			return p
		}
	}
	return b.products[0]
}
